/** A word is shown by the test that a row names, and not by whatever else its file says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { faultOfWord } from './faultOfWord.ts';

const root = mkdtempSync(join(tmpdir(), 'datong-words-'));
after(() => rmSync(root, { recursive: true, force: true }));
writeFileSync(join(root, 'enforces.ts'), 'title valid retention purpose from sharing dataset shadow');
writeFileSync(
  join(root, 'one.test.ts'),
  `import { imported } from './elsewhere.ts';
interface Unasked { readonly retention: string }
const agreement = { title: 'x', grants: [] };
const valid = { from: '2026-01-01' };
const [shared = \`kind: Dataset\\nsharing: none\`] = [];
const unused = { retention: 'P30D' };
const helper = () => ({ ...agreement, valid });
function unrelated() {
  return { purpose: 'x' };
}
test('through a helper', () => {
  // purpose: it is described elsewhere
  const total: Unasked = helper();
  assert.equal(total.retention as Unasked['purpose'], imported, shared);
});
test('by itself, purpose: named', () => assert.equal(answer({ purpose: 'y' }), 'retention'));
describe('inside', () => {
  const dataset = { dataset: 'a.b' };
  function shadow(agreement) {
    return agreement.shadow;
  }
  test('of a block', () => assert.ok(shadow(dataset)));
});
describe('elsewhere', () => {
  const dataset = 'none';
  test('of another block', () => assert.ok(dataset));
});
test('twice told', () => assert.ok({ purpose: 1 }));
test('twice told as well', () => assert.ok({ purpose: 2 }));
test('doubled', () => assert.ok({ purpose: 1 }));
test('doubled', () => assert.ok({ purpose: 2 }));
test('knows every word of what it holds', () => assert.ok({ purpose: 1 }));
const table = ['in a table'];
for (const name of table) test(name, () => assert.ok({ purpose: 1 }));
`,
);
const fault = (word: string, named: string, file = 'one.test.ts'): string | undefined =>
  faultOfWord(word, 'enforces.ts', { test: file, named }, root);
/** Where a file that enforces every word is named. */
const faultOfNothing = (word: string): string =>
  faultOfWord(word, 'three.test.ts', { test: 'three.test.ts', named: 'adds' }, root) ?? '';
const silent = (word: string, named: string): string => `one.test.ts: «${named}» does not write ${word}`;

test('a word of the named test itself, or of a constant or helper that it uses, is shown', () => {
  assert.equal(fault('grants[].purpose', 'by itself'), undefined);
  assert.equal(fault('title', 'through a helper'), undefined, 'a constant that a helper uses');
  assert.equal(fault('valid.from', 'through a helper'), undefined);
  assert.equal(fault('sharing', 'through a helper'), undefined, 'behind a line break of a text');
  assert.equal(fault('dataset', 'of a block'), undefined, 'a constant of the block around it');
  assert.equal(fault('shadow', 'of a block'), undefined);
});

test('a word of another test, of an unused helper or constant, of another block, is not', () => {
  assert.equal(fault('purpose', 'through a helper'), silent('purpose', 'through a helper'));
  assert.equal(fault('title', 'by itself'), silent('title', 'by itself'));
  assert.equal(fault('from', 'of a block'), silent('from', 'of a block'));
  assert.equal(fault('dataset', 'of another block'), silent('dataset', 'of another block'));
});

test('nor one that occurs only inside others, or in place of a variable', () => {
  const text = "test('adds', () => assert.equal(total({ valid: to, into: 1 }), 'sum, to add'));";
  writeFileSync(join(root, 'three.test.ts'), text);
  assert.equal(fault('valid', 'adds', 'three.test.ts'), undefined);
  for (const word of ['to', 'id', 'total'])
    assert.match(faultOfNothing(word), /^three\.test\.ts: «adds» does not write /, word);
});

test('nor one in comments, in types or in the name of a test', () => {
  writeFileSync(
    join(root, 'two.test.ts'),
    `test('speaks, title: of it', (t: { title: string }) => {
  /* title: */
  const said: { readonly title?: string } = t; // title:
  assert.ok(said satisfies Said<'title'>);
});
`,
  );
  assert.match(fault('title', 'speaks', 'two.test.ts') ?? '', /does not write title/);
});

test('a row names one test, by its name or the beginning of it', () => {
  const unfound = (named: string): string => `purpose: one.test.ts has no test «${named}», or several`;
  assert.equal(
    fault('purpose', 'twice told'),
    undefined,
    'the whole name counts before the beginning of another',
  );
  for (const named of ['twice', 'doubled', 'purpose', 'in a table'])
    assert.equal(fault('purpose', named), unfound(named), named);
  assert.equal(fault('purpose', 'nowhere'), 'purpose: one.test.ts has no «nowhere»');
  assert.equal(fault('purpose', 'by itself', 'none.test.ts'), 'purpose: none.test.ts has no «by itself»');
});

test('a test that only holds what was registered against itself shows nothing', () => {
  const named = 'knows every word of what it holds';
  assert.equal(fault('purpose', named), `purpose: «${named}» shows no effect`);
});

test('the file that enforces it is there and speaks of it', () => {
  const acting = { test: 'one.test.ts', named: 'by itself' };
  assert.equal(faultOfWord('purpose', 'gone.ts', acting, root), 'purpose: no file gone.ts');
  assert.equal(faultOfWord('clause', 'enforces.ts', acting, root), 'enforces.ts does not speak of clause');
  assert.equal(faultOfWord('purpose', 'enforces.ts', undefined, root), undefined);
});
