/**
 * The table of attacks on the log in tests/attacks/README.md, from the attacks that tests run (tests/attacks/logAttacks.ts). A row
 * without a test that is there is not generated: the check fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logAttacks } from '../tests/attacks/logAttacks.ts';
import { noticers, type Attack } from '../tests/attacks/noticers.ts';

const runs = 'tests/attacks/logAttacks.test.ts';
const head = ['Attack: an attacker …', 'Found by: finding', 'Within'];
const path = 'tests/attacks/README.md';

/** Path from the root → text. @throws Error where a page has lost its place, or a row has no test */
export async function attacksDocuments(root: string): Promise<Map<string, string>> {
  const page = await readFile(join(root, path), 'utf8');
  const place = /<!-- generated: attacks -->[\s\S]*?<!-- end -->/;
  if (!place.test(page)) throw new Error(`${path} has lost its place for the attacks`);
  const lines = [line(head), line(head.map(() => '---')), ...logAttacks.map((attack) => row(attack, root))];
  return new Map([
    [path, page.replace(place, () => `<!-- generated: attacks -->\n\n${lines.join('\n')}\n\n<!-- end -->`)],
  ]);
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function row({ id, does, noticed, proof }: Attack, root: string): string {
  const shown = proof ?? [{ file: runs, names: [id] }];
  for (const { file, names } of shown) {
    const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
    const missing = text === '' ? file : names.find((name) => !text.includes(name));
    if (missing !== undefined) throw new Error(`attack ${id}: no test ${file} «${missing}»`);
  }
  return line([
    does.en,
    noticed.map(({ by, reported: reported }) => `${noticers[by].who.en}: \`${reported}\``).join('<br>'),
    noticed.map(({ by }) => noticers[by].within.en).join('<br>'),
  ]);
}
