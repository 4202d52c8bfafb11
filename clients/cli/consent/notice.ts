/** `datong consent notice`: the digest by which a consent names the text of a notice. */
import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { readDocuments } from '../apply/readDocuments.ts';
import { data, exitCode, VerbFailure } from '../verb.ts';

export function registerNotice(consent: Command): void {
  consent
    .command('notice')
    .description(
      '告知书文本的摘要，供 --notice 使用 / the digest of the text of a notice, as --notice takes it',
    )
    .argument('<file>', 'YAML file with one document of kind Notice')
    .addHelpText('after', '\nExample:\n  $ NOTICE=$(datong consent notice notice.yaml)\n')
    .action(notice);
}

function notice(file: string): void {
  const texts = readDocuments(file)
    .filter(({ kind }) => kind === 'Notice')
    .map(({ members }) => members['text']);
  const [text] = texts;
  if (texts.length !== 1 || typeof text !== 'string')
    throw new VerbFailure(exitCode.local, {
      zh: `${file} 须恰有一份告知书（kind 为 Notice），且写有 text`,
      en: `${file} must contain exactly one document of kind Notice, with a text`,
    });
  data(createHash('sha256').update(text, 'utf8').digest('hex'));
}
