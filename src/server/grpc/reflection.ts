import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { chatExtensionsName, simpleChatName } from '../../shared/services.js';
import { withShortRequests } from './public-methods.js';

// The sources and what is built of them lie equally deep.
const protoDirectory = fileURLToPath(new URL('../../../proto', import.meta.url));

/** Serves the wire contract itself, so that `grpcurl` works without the proto files. */
export async function addReflection(server: Server): Promise<void> {
  const services = await load('chat_extensions.proto', { includeDirs: [protoDirectory], keepCase: true });
  new ReflectionService(services, { services: [simpleChatName, chatExtensionsName] }).addToServer(
    withShortRequests(server),
  );
}
