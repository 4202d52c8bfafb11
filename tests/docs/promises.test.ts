/** Every promise of the pages about events and rows, and every bad input that they name, has a test of that name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Tests of rows that name no file. */
const usual = {
  'events.md': 'hub/features/events/operations/openEvents.test.ts',
  'webhooks.md': 'hub/features/events/dispatcher.test.ts',
  'rows.md': 'tests/flows/rowsByCall.test.ts',
} as const;

interface Named {
  readonly file: string;
  /** the beginning of its name, after `group: ` where it has one */
  readonly name: string;
}

/** The last cells of the tables of promises and bad input: files in backticks, and names that each end with an ellipsis. */
function namedIn(page: string, first: string): readonly Named[] {
  const rows = page
    .split(/\n(?=\| (?:Promise|Bad input|承诺|保证|错误的输入) +\|)/)
    .slice(1)
    .flatMap((table) => {
      const lines = table.split('\n');
      const end = lines.findIndex((line) => !line.startsWith('|'));
      return lines.slice(2, end < 0 ? undefined : end);
    });
  let file = first;
  return rows.flatMap((row) => {
    const cell =
      row
        .split(/ +\| +/)
        .at(-1)
        ?.replace(/ +\|$/, '') ?? '';
    const names = cell.split(/ …[;,、；]?\s*/).flatMap((part): Named[] => {
      const [, path, name = ''] = /^(?:`([^`]+)`|same file|同一文件)?[:：]?\s*(.*)$/.exec(part) ?? [];
      if (path !== undefined) file = path.includes('/') ? path : `hub/features/events/operations/${path}`;
      return name === '' ? [] : [{ file, name }];
    });
    assert.ok(names.length > 0, `no title of a test: ${row}`);
    return names;
  });
}

/** A name that is made of a pattern, such as `it ${what}: …`, has its part in quotes. */
function isThere({ file, name }: Named): boolean {
  const source = text(file);
  const own = name.replace(/^[^:]*: /, (group) =>
    source.includes(`describe('${group.slice(0, -2)}'`) ? '' : group,
  );
  return (
    ["test('", 'test(`'].some((start) => source.includes(start + own)) ||
    (own.startsWith('it ') && source.includes(`'${own.slice(3)}'`))
  );
}

for (const [page, first] of Object.entries(usual))
  test(`${page}: each row names tests that exist, the same ones in both languages`, () => {
    const named = namedIn(text(`docs/${page}`), first);
    assert.ok(named.length >= 10, `${named.length}`);
    assert.deepEqual(
      named.filter((one) => !isThere(one)),
      [],
    );
    assert.deepEqual(namedIn(text(`docs/${page.replace('.md', '.zh-CN.md')}`), first), named);
  });
