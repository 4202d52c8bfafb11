/** Tables that name tests: `path.test.ts` «beginning or part of a title». Used by the tests of SECURITY.md and tests/attacks/README.md. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** A file from the root of the repository. */
export const text = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What tests of a file are called; where a name is made of parts, its fixed ones. */
function titlesOf(path: string): readonly string[] {
  const calls = text(path).matchAll(
    /(?:^|[^\w.])(?:t\.)?(?:test|describe|it)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/gs,
  );
  // names of a table that a loop runs
  const listed = text(path).matchAll(/^ {2,}(?:\[(?:'\w+', )?|(?:name: )?)(['"])([^'"\n]{8,})\1/gm);
  return [...calls, ...listed].flatMap(([, , title = '']) =>
    title.replaceAll("\\'", "'").split(/\$\{[^}]*\}/),
  );
}

/** The tests that a cell names: file → names. */
export function testsNamedIn(cell: string): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const [, path = '', names = ''] of cell.matchAll(/`([^`]+\.test\.ts)`((?:,? «[^»]+»)*)/g))
    named.set(
      path,
      [...names.matchAll(/«([^»]+)»/g)].map(([, name = '']) => name),
    );
  return named;
}

/** Fails where a file or a test that a row names is not there. */
export function assertNamedTestsExist(named: ReadonlyMap<string, readonly string[]>, row: string): void {
  for (const [path, names] of named) {
    assert.ok(existsSync(join(root, path)), `${path}: ${row}`);
    assert.ok(names.length > 0, `${path} is named without a test: ${row}`);
    const titles = titlesOf(path);
    for (const name of names)
      assert.ok(
        titles.some((title) => title.includes(name)),
        `${path} has no test «${name}»`,
      );
  }
}
