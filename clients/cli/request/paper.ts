/** `datong request paper ID FILE`: whether a file is one of the papers of a request, by its digest. The file stays here. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { paperNames, papersByDigest } from '../../../terms/requestForm/papersByDigest.ts';
import { withStaffToken } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import type { RequestOptions } from './requestCall.ts';
import { requestNamed } from './show.ts';

export function registerPaper(request: Command): void {
  withStaffToken(request.command('paper'))
    .description(
      '核对文件是否为申请登记的依据文本、承诺书或影响评估；文件不上传 / whether a file is the basis’ text, the undertaking or the assessment of a request',
    )
    .argument('<id>', 'req-…')
    .argument('<file>', 'the file that is held against the digests; it stays on this machine')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request paper req-000000001 law.pdf\n')
    .action(hold);
}

async function hold(id: string, file: string, options: RequestOptions): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  const found = papersByDigest(await requestNamed(id, options), digest);
  if (options.json === true) data(JSON.stringify({ digest, papers: found }));
  else data(digest);
  if (found.length === 0) {
    throw new VerbFailure(exitCode.verification, {
      zh: `该文件不是 ${id} 登记的任何材料`,
      en: `this file is none of the papers of ${id}`,
    });
  }
  for (const { kind, replaced } of found) {
    const { zh, en } = paperNames[kind];
    talk(
      replaced
        ? { zh: `曾是 ${id} 的${zh}，后已另交`, en: `was the ${en} of ${id}; another came in its place` }
        : { zh: `与 ${id} 登记的${zh}一致`, en: `is the ${en} of ${id}` },
    );
  }
}
