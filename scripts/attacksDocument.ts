/**
 * The table of attacks in docs/audit.md and docs/audit.zh-CN.md, from the attacks that tests run (tests/attacks/logAttacks.ts). A row
 * without a test that is there is not generated: the check fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logAttacks } from '../tests/attacks/logAttacks.ts';
import { noticers, type Attack } from '../tests/attacks/noticers.ts';

const runs = 'tests/attacks/logAttacks.test.ts';
const words = {
  en: {
    head: ['Attack: an attacker …', 'Found by: finding', 'Within'],
    colon: ': ',
  },
  zh: { head: ['有人……', '由谁发现，代码', '多久之内'], colon: '：' },
} as const;

/** Path from the root → text. @throws Error where a page has lost its place, or a row has no test */
export async function attacksDocuments(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [path, language] of [
    ['docs/audit.md', 'en'],
    ['docs/audit.zh-CN.md', 'zh'],
  ] as const) {
    const page = await readFile(join(root, path), 'utf8');
    const place = /<!-- generated: attacks -->[\s\S]*?<!-- end -->/;
    if (!place.test(page)) throw new Error(`${path} has lost its place for the attacks`);
    const { head } = words[language];
    const lines = [
      line(head),
      line(head.map(() => '---')),
      ...logAttacks.map((attack) => row(attack, language, root)),
    ];
    files.set(
      path,
      page.replace(place, () => `<!-- generated: attacks -->\n\n${lines.join('\n')}\n\n<!-- end -->`),
    );
  }
  return files;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function row({ id, does, noticed, proof }: Attack, language: 'en' | 'zh', root: string): string {
  const shown = proof ?? [{ file: runs, names: [id] }];
  for (const { file, names } of shown) {
    const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
    const missing = text === '' ? file : names.find((name) => !text.includes(name));
    if (missing !== undefined) throw new Error(`attack ${id}: no test ${file} «${missing}»`);
  }
  return line([
    does[language],
    noticed
      .map(
        ({ by, reported: reported }) =>
          `${noticers[by].who[language]}${words[language].colon}\`${reported}\``,
      )
      .join('<br>'),
    noticed.map(({ by }) => noticers[by].within[language]).join('<br>'),
  ]);
}
