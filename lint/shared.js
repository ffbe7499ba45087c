export default [
  { folder: 'src/shared', imports: { 'src/shared/generated': 'encodes and decodes messages' } },
  { folder: 'src/shared/async', imports: { 'src/shared': 'delays and timeouts use the clock' } },
];
