import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadExports } from './deadExports.ts';

test('an export is dead when no other file names it and its own does not use it', () => {
  const texts = new Map([
    [
      'hub/a.ts',
      'export function used() {}\nexport const dead = 1;\nexport class Own {}\nconst one = new Own();\n',
    ],
    ['hub/b.ts', "import { used } from './a.ts';\nused();\n"],
    ['clients/sdk/c.ts', 'export function forOthers() {}\n'],
  ]);
  assert.deepEqual(deadExports(texts), ['hub/a.ts: dead']);
});
