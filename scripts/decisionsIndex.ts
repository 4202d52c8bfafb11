/** docs/decisions/README.md: every decision by its number, with its title. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param root of the repository @returns path from it → text @throws TypeError for a decision without a title */
export function decisionsIndex(root: string): Map<string, string> {
  const folder = join(root, 'docs/decisions');
  const rows = readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => {
      const title = /^# (.+)\n/.exec(readFileSync(join(folder, name), 'utf8'))?.[1];
      if (title === undefined) throw new TypeError(`docs/decisions/${name} has no title`);
      const number = /^\d{4}/.exec(name)?.[0] ?? '–';
      return `| ${number} | [${title}](${name}) |`;
    });
  const text = [
    '# Decisions',
    '',
    'Each record states the context, the decision and its consequences. Measurements are in [bench/README.md](../../bench/README.md).',
    'Gaps in the numbers are removed decisions: a superseded decision is removed, and its number is not reused. `npm run generate` writes this page.',
    '',
    '| No. | Decision |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return new Map([['docs/decisions/README.md', text]]);
}
