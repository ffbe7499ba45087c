import { experimental, status, type Client, type Metadata, type StatusObject } from '@grpc/grpc-js';
import { ChatError } from '../../../shared/errors.js';

/** The status text of a call that received a compressed message. */
export const compressedDetails = 'the server sent a compressed message, which this client does not accept';

// A few kilobytes can decompress to the whole receive limit. grpc-js has no option, hence the private field (ADR 28).
export function refuseCompression(client: Client): void {
  const internalChannel = privateField(client.getChannel(), 'internalChannel');
  const filters = privateField(internalChannel, 'filterStackFactory');
  const factories = privateField(filters, 'factories');
  if (!Array.isArray(factories)) {
    throw new ChatError('internal', 'this version of grpc-js keeps its filters elsewhere');
  }
  factories.push({ createFilter: () => new RefuseCompression() });
}

class RefuseCompression extends experimental.BaseFilter {
  override async sendMetadata(metadata: Promise<Metadata>): Promise<Metadata> {
    const headers = await metadata;
    headers.set('grpc-accept-encoding', 'identity');
    return headers;
  }

  override async receiveMessage(message: Promise<Buffer>): Promise<Buffer> {
    const framed = await message;
    // The first byte of a framed message says whether it is compressed.
    if (framed[0] === 0) return framed;
    const refusal: Pick<StatusObject, 'code' | 'details'> = {
      code: status.INTERNAL,
      details: compressedDetails,
    };
    // A filter of grpc-js must reject with a status, with which the call ends.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw refusal;
  }
}

function privateField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
