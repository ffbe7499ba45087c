import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { handleBidiStreamingCall, MethodDefinition, Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { serviceNames } from '../../shared/services.js';

/** As @grpc/reflection defines and implements it. */
type Method = {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly handle: handleBidiStreamingCall<unknown, unknown>;
};

const methodName = 'ServerReflectionInfo';

/** With reflection, `grpcurl` works without the proto files. They are loaded by the first call: it takes 50 ms. */
export function addReflection(server: Server): void {
  let loaded: ReadonlyMap<string, Method> | undefined;
  for (const version of ['v1', 'v1alpha']) {
    const path = `/grpc.reflection.${version}.ServerReflection/${methodName}`;
    const method = (): Method => {
      loaded ??= loadMethods();
      const found = loaded.get(path);
      if (!found) throw new Error(`this version of @grpc/reflection does not serve ${path}`);
      return found;
    };
    const definition: MethodDefinition<unknown, unknown> = {
      path,
      requestStream: true,
      responseStream: true,
      requestSerialize: (request) => method().definition.requestSerialize(request),
      requestDeserialize: (bytes) => method().definition.requestDeserialize(bytes),
      responseSerialize: (response) => method().definition.responseSerialize(response),
      responseDeserialize: (bytes) => method().definition.responseDeserialize(bytes),
    };
    const handle: Method['handle'] = (stream) => method().handle(stream);
    server.addService({ [methodName]: definition }, { [methodName]: handle });
  }
}

function loadMethods(): ReadonlyMap<string, Method> {
  const services = loadSync(['chat/v1/messages.proto', 'chat/v1/presence.proto', 'chat/v1/rooms.proto'], {
    includeDirs: [join(packageRoot(), 'proto')],
    keepCase: true,
  });
  const methods = new Map<string, Method>();
  new ReflectionService(services, { services: [...serviceNames] }).addToServer({
    addService({ [methodName]: definition }, { [methodName]: handle }) {
      if (definition && handle)
        methods.set(definition.path, { definition, handle: handle as Method['handle'] });
    },
  });
  return methods;
}

/** Searches upwards, since the sources and the bundle are at different depths. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json is missing: chat is not installed as a package');
    folder = above;
  }
  return folder;
}
