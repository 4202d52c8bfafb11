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
    'Why something is as it is, where that cannot be read from the code: what was decided, what else was tried, what was measured. Numbers',
    'that are missing were given to drafts that came to nothing; a decision that is superseded goes. This page is made by `npm run generate`.',
    '',
    '| No. | Decision |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return new Map([['docs/decisions/README.md', text]]);
}
