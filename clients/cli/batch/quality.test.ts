import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { printQuality } from './quality.ts';

test('a header with a line end adds no line', () => {
  const problems = [{ rule: 'enum', header: '状态\n99 × all good', count: 3, lines: [2, 5] }];
  const lines: string[] = [];
  const written = mock.method(
    process.stdout,
    'write',
    (text: string | Uint8Array) => lines.push(String(text)) > 0,
  );
  try {
    printQuality({ batches: [], problems });
  } finally {
    written.mock.restore();
  }
  assert.match(lines.at(-1) ?? '', /^3 × enum {2}状态\\n99 × all good {2}.* 2, 5 …\n$/);
});
