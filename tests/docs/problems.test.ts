/** What docs/api-problems.md promises: each code is returned by one kind of refusal, thrown somewhere, and a test names which. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { root } from '../../scripts/generated.ts';

const codes = Object.keys(problemCatalogue);
/** Files that are in the repository or about to be. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString('utf8')
  .split('\n')
  .filter((path) => /\.(?:tsx?|mjs|yaml)$/.test(path));
const catalogue = (path: string): boolean => path.startsWith('terms/problems/');
const cases = (path: string): boolean => path.startsWith('policies/cases/') && path.endsWith('.yaml');
const ofTests = (path: string): boolean =>
  path.endsWith('.test.ts') || path.startsWith('tests/') || cases(path);

/** Words of files outside comments: `a_code`, wherever it occurs. */
function wordsOf(chosen: (path: string) => boolean): ReadonlySet<string> {
  const words = new Set<string>();
  for (const path of files.filter(chosen)) {
    const text = readFileSync(join(root, path), 'utf8');
    const lines = text.split('\n').filter((line) => !/^\s*(?:\/\/|\/?\*|#)/.test(line));
    for (const [word] of lines.join('\n').matchAll(/\b[a-z]\w*_\w+/g)) words.add(word);
  }
  return words;
}

test('no code is twice in the catalogue, where one sentence would hide the other', () => {
  const named = files.filter(catalogue).flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return [...text.matchAll(/^ {2}(\w+): \{$/gm)].map(([, code = '']) => code);
  });
  assert.deepEqual(named.toSorted(), codes.toSorted());
});

test('each code of the catalogue is thrown somewhere', () => {
  const thrown = wordsOf(
    (path) => !catalogue(path) && !ofTests(path) && !path.startsWith('console/') && path !== 'openapi.yaml',
  );
  assert.deepEqual(
    codes.filter((code) => !thrown.has(code)),
    [],
    'these are promised and never reported: remove them',
  );
});

test('each code of the catalogue is expected by a test', () => {
  const expected = wordsOf((path) => ofTests(path) && path !== 'tests/docs/problems.test.ts');
  assert.deepEqual(
    codes.filter((code) => !expected.has(code)),
    [],
    'no test expects these: write one',
  );
});
