import { open, type FileHandle } from 'node:fs/promises';

/** LevelDB writes its log in blocks and splits larger records into fragments. */
const blockBytes = 32 * 1024;
const blocksPerRead = 32;
const headerBytes = 7;
const fragment = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** A batch begins with its first sequence and its count: LevelDB's own numbers, not those of messages. */
const batchHeaderBytes = 12;
const highestNumber = 2n ** 56n - 1n;

type Progress = {
  /** The beginning of the record whose first fragment was read; undefined between records. */
  batch: Buffer | undefined;
  next: bigint;
};

/** LevelDB aborts the process if intact records repeat a sequence, as in a copy of another file. */
export async function canBeReplayed(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(blocksPerRead * blockBytes);
    const progress: Progress = { batch: undefined, next: 0n };
    for (let position = 0; ;) {
      const bytesRead = await fill(file, buffer, position);
      for (let start = 0; start < bytesRead; start += blockBytes) {
        const block = buffer.subarray(start, Math.min(start + blockBytes, bytesRead));
        if (!readBlock(block, progress)) return false;
      }
      if (bytesRead < buffer.length) return true;
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, buffer: Buffer, position: number): Promise<number> {
  for (let filled = 0; ;) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === buffer.length) return filled;
  }
}

function readBlock(block: Buffer, progress: Progress): boolean {
  for (let at = 0; at + headerBytes <= block.length;) {
    const end = at + headerBytes + block.readUInt16LE(at + 4);
    const type = block.readUInt8(at + 6);
    // LevelDB does the same.
    if (type === 0 || end > block.length || !isIntact(block.subarray(at, end))) {
      progress.batch = undefined;
      return true;
    }
    const content = block.subarray(at + headerBytes, end);
    if (type === fragment.full || type === fragment.first)
      progress.batch = content.subarray(0, batchHeaderBytes);
    else if (progress.batch && progress.batch.length < batchHeaderBytes) {
      progress.batch = Buffer.concat([progress.batch, content]).subarray(0, batchHeaderBytes);
    }
    if ((type === fragment.full || type === fragment.last) && !endRecord(progress)) return false;
    at = end;
  }
  // The next block is read into the same memory.
  progress.batch &&= Buffer.from(progress.batch);
  return true;
}

function endRecord(progress: Progress): boolean {
  const { batch, next } = progress;
  progress.batch = undefined;
  if (!batch || batch.length < batchHeaderBytes) return true;
  const first = batch.readBigUInt64LE(0);
  progress.next = first + BigInt(batch.readUInt32LE(8));
  return first >= next && progress.next <= highestNumber;
}

function isIntact(record: Buffer): boolean {
  const masked = record.readUInt32LE(0);
  const rotated = (masked - 0xa282ead8) >>> 0;
  const stored = ((rotated >>> 17) | (rotated << 15)) >>> 0;
  return crc32c(record.subarray(6)) === stored;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
