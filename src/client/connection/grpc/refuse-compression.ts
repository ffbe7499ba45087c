import { experimental, status, type Client, type Metadata, type StatusObject } from '@grpc/grpc-js';
import { ChatError } from '../../../shared/errors.js';

/** How a call ends that got a compressed message. */
export const compressedDetails = 'the server sent a compressed message, which this client does not take';

/**
 * Makes a client refuse compressed messages, before they are decompressed, and not offer to take them: a few kilobytes
 * may decompress to all that the receive limit allows. grpc-js has no option for it, so this adds a filter behind
 * its own, in a private field (ADR 28). Throws where that field is not as expected.
 */
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
    // grpc-js ends the call with what a filter rejects with, which must be a status.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw refusal;
  }
}

function privateField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
