import fc from 'fast-check';

/** Texts of any code points, often terminal controls. fast-check's `binary` takes a second to set up per file. */
export function anyText(): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x9f }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x10ffff }).filter((point) => !isSurrogate(point)) },
  );
  return fc.array(codePoint).map((points) => String.fromCodePoint(...points));
}

const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;
