# A server of `chat`, about 175 MB above the base image. The data is in /var/lib/chat. See compose.yaml.

FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Installs the package as npm would publish it, with its dependencies at the locked versions.
RUN npm run build \
  && npm pack --ignore-scripts --pack-destination /tmp \
  && mkdir -p /opt/chat \
  && tar --extract --gzip --file /tmp/chat-*.tgz --strip-components 1 --directory /opt/chat \
  && cp package-lock.json deploy/health-check.mjs /opt/chat/ \
  && cd /opt/chat \
  && npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && bin/chat.js --version

FROM node:22-bookworm-slim
COPY --from=build /opt/chat /opt/chat
RUN ln -s /opt/chat/bin/chat.js /usr/local/bin/chat \
  && install --directory --owner node --group node --mode 0700 /var/lib/chat
# Makes /var/lib/chat the data directory of every command: `chat users add` needs no --data.
ENV NODE_ENV=production XDG_DATA_HOME=/var/lib
USER node
WORKDIR /var/lib/chat
VOLUME /var/lib/chat
EXPOSE 65002
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "/opt/chat/health-check.mjs"]
ENTRYPOINT ["chat"]
CMD ["serve", "--host", "0.0.0.0", "--tls-self-signed", "--log-format", "json"]
