import { join } from 'node:path';
import type { Server } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { packageRoot } from '../files/package-root.js';
import { chatExtensionsName, simpleChatName } from '../../shared/services.js';

/** With reflection, `grpcurl` works without the proto files. */
export async function addReflection(server: Server): Promise<void> {
  const services = await load('chat_extensions.proto', {
    includeDirs: [join(packageRoot(), 'proto')],
    keepCase: true,
  });
  new ReflectionService(services, { services: [simpleChatName, chatExtensionsName] }).addToServer(server);
}
