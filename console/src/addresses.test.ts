import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { lookedAt, type LookedAt } from '../../tests/browser/lookedAt.ts';

const here = import.meta.dirname;
const read = (path: string): string => readFileSync(resolve(here, path), 'utf8');
/** By the name of its component: where a page's source lies. */
const fileOf = new Map(
  readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx') && !path.startsWith('parts/'))
    .flatMap((path) =>
      [...read(path).matchAll(/^export function (\w+Page)\(/gm)].map(
        ([, name = '']) => [name, path] as const,
      ),
    ),
);

/** What the console shows where: `page`, `page/*` for one thing of it, `page/word` for what has a word of its own there. */
function addressesOf(): Map<string, string> {
  const found = new Map<string, string>();
  const shell = read('Shell.tsx');
  const table = shell.slice(
    shell.indexOf('const entries'),
    shell.indexOf('];', shell.indexOf('const entries')),
  );
  const entries = [
    ...table.matchAll(
      /\{\s*(?:group: '(?<group>\w+)',\s*)?page: '(?<page>\w+)',\s*shown: (?<shown>\w+),?\s*(?:detail: (?<detail>\w+))?/g,
    ),
  ];
  assert.equal(entries.length, [...table.matchAll(/\bpage:/g)].length, 'every entry is read');
  for (const { groups } of entries) {
    const { group, page = '', shown = '', detail } = groups ?? {};
    // in no menu: its list is another page's
    if (group !== undefined) found.set(page, shown);
    if (detail === undefined) continue;
    found.set(`${page}/*`, detail);
    for (const [, word, other] of read(fileOf.get(detail) ?? '').matchAll(/=== '(\w+)' \? <(\w+Page) \/>/g))
      found.set(`${page}/${word}`, other ?? '');
  }
  return found;
}

/** Which address of the console's table a path is at. */
function addressAt(path: string, known: ReadonlyMap<string, string>): string {
  const [page = '', ...what] = (path.split('?')[0] ?? '').split('/');
  const word = `${page}/${what[0] ?? ''}`;
  return what.length === 0 ? page : known.has(word) ? word : `${page}/*`;
}

test('every page of the console has an address, and every address is opened in a browser in both languages', () => {
  const addresses = addressesOf();
  assert.ok(addresses.size > 60, `${addresses.size} addresses`);
  assert.deepEqual([...new Set(addresses.values())].sort(), [...fileOf.keys()].sort());
  const seen = new Set<string>();
  for (const [group, pages] of Object.entries<readonly LookedAt[]>(lookedAt)) {
    assert.ok(
      read(`../../tests/browser/${group}.test.ts`).includes(`lookAtPages('${group}',`),
      `${group} is looked at`,
    );
    assert.equal(new Set(pages.map(([name]) => name)).size, pages.length, `${group}: each picture is kept`);
    for (const [, path] of pages) seen.add(addressAt(path, addresses));
  }
  assert.deepEqual(
    [...addresses.keys()].filter((address) => !seen.has(address)),
    [],
    'not looked at: add it to tests/browser/lookedAt.ts',
  );
  assert.deepEqual(
    [...seen].filter((address) => !addresses.has(address)),
    [],
    'looked at, but not there',
  );
});
