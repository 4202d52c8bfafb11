import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '../../../schemas/draft/draftSchema.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/**
 * Writes each draft to a file named after its table. Nothing is written when one of the files exists, unless `force` is set.
 * @throws VerbFailure with the existing files
 */
export function writeDrafts(
  folder: string,
  drafts: readonly Draft[],
  force: boolean,
  { ending, text }: DraftForm = asJson,
): void {
  const files = fileNames(drafts.map(({ table }) => table)).map((name) => join(folder, `${name}${ending}`));
  const there = files.filter((file) => existsSync(file));
  if (there.length > 0 && !force) {
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `文件已存在，未写入：${there.join('、')}`,
        en: `not written, already there: ${there.join(', ')}`,
      },
      { zh: '换一个目录，或用 --force 覆盖', en: 'choose another folder, or replace them with --force' },
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const [place, draft] of drafts.entries())
    writeFileSync(files[place] ?? '', text(draft), { flag: force ? 'w' : 'wx' });
}

/** How a draft is written. */
export interface DraftForm {
  readonly ending: string;
  readonly text: (draft: Draft) => string;
}

const asJson: DraftForm = {
  ending: '.json',
  text: ({ schema }) => `${JSON.stringify(schema, null, 2)}\n`,
};

/** `居民` for the table 居民: characters that file systems refuse become `-`, and names are unique even where case is ignored. */
function fileNames(tables: readonly string[]): string[] {
  const taken = new Set<string>();
  return tables.map((table) => {
    const plain = table
      .normalize('NFC')
      .replace(/[\p{C}\s\\/:*?"<>|]+/gu, '-')
      .replace(/^[.-]+|[.-]+$/g, '');
    const short = Array.from(plain).slice(0, 60).join('');
    const usable = short === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(short) ? `table-${short}` : short;
    let name = usable.replace(/-$/, '');
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${usable}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
