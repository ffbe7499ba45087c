import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { serviceNames } from '../../shared/services.js';

/** With reflection, `grpcurl` works without the proto files. */
export async function addReflection(server: Server): Promise<void> {
  const services = await load(['chat/v1/messages.proto', 'chat/v1/presence.proto', 'chat/v1/rooms.proto'], {
    includeDirs: [join(packageRoot(), 'proto')],
    keepCase: true,
  });
  new ReflectionService(services, { services: [...serviceNames] }).addToServer(server);
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
