/** One word for one thing: the glossaries agree with each other, and what people read uses their words. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

interface Term {
  readonly zh: string;
  readonly en: string;
  readonly never: readonly string[];
}

function terms(path: string, zhColumn: number): readonly Term[] {
  const rows = read(path)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  return rows.map((cells) => ({
    zh: cells[zhColumn] ?? '',
    en: cells[1 - zhColumn] ?? '',
    never: (cells[3] ?? '').split('、').filter((word) => word !== '–'),
  }));
}

const english = terms('docs/glossary.md', 1);
const chinese = terms('docs/glossary.zh-CN.md', 0);
const never = english.flatMap((term) => term.never);

test('both glossaries hold the same terms, each word once', () => {
  assert.deepEqual(chinese, english);
  const words = english.flatMap(({ zh, en }) => [zh, en]);
  assert.equal(new Set(words).size, words.length);
  assert.ok(never.length >= 3);
});

describe('what people read', () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => /\.(ts|tsx|md|yaml)$/.test(path))
    .filter((path) => /^(clients|console\/src|docs|hub|policies|terms|README|samples)/.test(path))
    .filter((path) => !/^docs\/glossary|\.test\.tsx?$/.test(path));

  test('uses no other word for a term of the glossary', () => {
    const found = files.flatMap((path) => {
      const text = read(path);
      return never.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`);
    });
    assert.deepEqual(found, []);
  });

  test('has no words of libraries or of code in the Chinese of its problems', () => {
    const foreign = /\b(ENOENT|EACCES|ECONN\w+|ERR_\w+|x509\w*|must NOT|consumer|provider)\b/;
    const found = Object.entries(problemCatalogue).flatMap(([code, { text, next }]) =>
      [text.zh, next.zh]
        .filter((sentence) => foreign.test(sentence))
        .map((sentence) => `${code}: ${sentence}`),
    );
    assert.deepEqual(found, []);
  });
});
