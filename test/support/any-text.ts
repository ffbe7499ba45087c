import fc from 'fast-check';

/**
 * Texts of any code points, terminal controls often among them. fast-check's own `binary` texts take a second to set
 * up, in each test file that uses them.
 */
export function anyText(): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x9f }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x10ffff }).filter((point) => !isSurrogate(point)) },
  );
  return fc.array(codePoint).map((points) => String.fromCodePoint(...points));
}

const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;
