/** Protobuf's wire types, without groups. */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const maxVarintBytes = 10;
const maxFieldNumber = 2 ** 29 - 1;

/** Reads protobuf fields. Returns undefined for malformed bytes and for groups, which proto3 does not have. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#position;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  /** The next tag: field number times 8 plus wire type. */
  tag(): number | undefined {
    const tag = this.varint();
    if (tag === undefined || tag < 8 || tag >= (maxFieldNumber + 1) * 8) return undefined;
    return tag;
  }

  /** An unsigned varint of at most 10 bytes; above 2^53 only approximate. */
  varint(): number | undefined {
    let value = 0;
    let factor = 1;
    for (let length = 0; length < maxVarintBytes; length++) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    return undefined;
  }

  /** Skips a length-delimited field and returns its length, for `skipped`. */
  skipBytes(): number | undefined {
    const length = this.varint();
    return length === undefined ? undefined : this.#advance(length);
  }

  /** Skips a field of any type and returns its value (varint) or length. */
  skip(tag: number): number | undefined {
    switch (tag % 8) {
      case wireType.varint:
        return this.varint();
      case wireType.fixed64:
        return this.#advance(8);
      case wireType.bytes:
        return this.skipBytes();
      case wireType.fixed32:
        return this.#advance(4);
      default:
        return undefined;
    }
  }

  /** The content of the length-delimited field that was skipped last. */
  skipped(length: number): Uint8Array {
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  #advance(length: number): number | undefined {
    if (length > this.#bytes.length - this.#position) return undefined;
    this.#position += length;
    return length;
  }
}

const maxSmallField = 32;

/** A field that occurs several times, of which the first are kept. */
type Repeated = { readonly field: number; readonly maxValues: number };

/** The fields of a small message by their number; of others than `repeated` the last value counts. */
export function readFields(bytes: Uint8Array, repeated?: Repeated) {
  const numbers = new Map<number, number>();
  const texts = new Map<number, Uint8Array>();
  const values: Uint8Array[] = [];
  const reader = new WireReader(bytes);
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (tag === undefined || value === undefined) return undefined;
    const field = Math.floor(tag / 8);
    if (field > maxSmallField) continue;
    if (tag % 8 === wireType.varint) numbers.set(field, value);
    if (tag % 8 !== wireType.bytes) continue;
    if (field !== repeated?.field) texts.set(field, reader.skipped(value));
    else if (values.length < repeated.maxValues) values.push(reader.skipped(value));
  }
  return { numbers, texts, values };
}
