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

test('the decided words are in it, and those they replace are forbidden', () => {
  const decided = {
    记录布局: ['拷贝簿'],
    数据集标准: [],
    数据资源: ['数据集'],
    共享协议: ['共享授权单', '授权单'],
    检查点: ['存证点'],
    统一管控规则: [],
    对外提供的数据项: ['离开提供部门的数据项'],
    处理建议: ['怎么办'],
    暂停: ['挂起'],
  };
  for (const [zh, replaced] of Object.entries(decided))
    assert.deepEqual(chinese.find((term) => term.zh === zh)?.never, replaced, zh);
});

describe('what people read', () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => /\.(ts|tsx|md|yaml)$/.test(path))
    .filter((path) =>
      /^(adapters|api|clients|console\/src|docs|hub|openapi|policies|schemas|terms|README|samples)/.test(
        path,
      ),
    )
    .filter((path) => !/^docs\/glossary|\.test\.tsx?$/.test(path));

  test('uses no other word for a term of the glossary', () => {
    const found = files.flatMap((path) => {
      // a forbidden word may be a part of a good one: 数据集标准
      const text = chinese.reduce((rest, { zh }) => rest.replaceAll(zh, ''), read(path));
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
