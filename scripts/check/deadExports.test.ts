import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadExportFindings, deadExports } from './deadExports.ts';

const unused = (texts: Readonly<Record<string, string>>): string[] =>
  deadExports(new Map(Object.entries(texts))).unused;

test('an export is dead when no other file imports it and its own does not use it', () => {
  const texts = {
    'hub/a.ts':
      'export function used() {}\nexport const dead = 1;\nexport class Own {}\nconst one = new Own();\nexport function self() { self(); }\n',
    'hub/b.ts': "import { used } from './a.ts';\nused();\n// dead, self\n",
    'hub/a.test.ts': "import { dead, self, Own } from './a.ts';\n",
    'clients/sdk/c.ts': 'export function forOthers() {}\n',
  };
  assert.deepEqual(unused(texts), ['hub/a.ts: dead', 'hub/a.ts: self']);
});

test('what is handed on, loaded when needed, or takes the place of a module is used', () => {
  const texts = {
    'hub/a.ts': 'export const one = 1;\nexport const two = 2;\nexport const three = 3;\n',
    'hub/index.ts': "export { one, two } from './a.ts';\n",
    'hub/b.ts': "import { one } from './index.ts';\nconst { three } = await import('./a.ts');\n",
    'console/vite.config.ts': "const path = here('./src/instead.ts');\n",
    'console/src/instead.ts': 'export function instead() {}\n',
  };
  assert.deepEqual(unused(texts), ['hub/index.ts: two']);
});

test('a value without importers need not be exported; a type may be', () => {
  const { needless } = deadExports(
    new Map([
      [
        'hub/a.ts',
        'export const limit = 5;\nexport interface Given {}\nexport const f = (_: Given) => limit;\n',
      ],
      ['hub/b.ts', "import { f } from './a.ts';\nf({});\n"],
    ]),
  );
  assert.deepEqual(needless, ['hub/a.ts: limit']);
});

test('one that waits is let through, and reported once it is used', () => {
  const texts = new Map([['hub/a.ts', 'export const a = 1;\n']]);
  assert.deepEqual(deadExportFindings(texts, { 'hub/a.ts: a': 'b' }), []);
  assert.match(deadExportFindings(texts, {})[0] ?? '', /^hub\/a\.ts: a: nothing/);
  assert.match(deadExportFindings(new Map(), { 'hub/a.ts: a': 'b' })[0] ?? '', /take it out/);
});
