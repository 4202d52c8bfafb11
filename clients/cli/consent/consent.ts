/** `datong consent`: consents of persons in a department's service: submitted, withdrawn, listed and shown. */
import type { Command } from 'commander';
import { registerGive, registerShow, registerList, registerWithdraw } from './consents.ts';
import { registerPaper } from './paper.ts';
import { createHash } from 'node:crypto';
import { readDocuments } from '../apply/readDocuments.ts';
import { data, exitCode, VerbFailure } from '../verb.ts';

export function register(program: Command): void {
  const consent = program
    .command('consent')
    .description('个人同意：登记、撤回、查询 / consents of persons: hand in, withdraw, list, show');
  registerGive(consent);
  registerWithdraw(consent);
  registerList(consent);
  registerShow(consent);
  registerNotice(consent);
  registerPaper(consent);
}

/** `datong consent notice`: the digest by which a consent names the text of a notice. */
function registerNotice(consent: Command): void {
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
