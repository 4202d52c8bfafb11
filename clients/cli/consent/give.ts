/** `datong consent give`: signs what a person agreed to and hands it in. */
import type { Command } from 'commander';
import type { GivenConsent } from '../../sdk/consents.ts';
import { withProfile } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { keep, withClient, type ClientVerbOptions } from '../withClient.ts';
import { identifierFrom } from './identifier.ts';

interface GiveOptions extends ClientVerbOptions {
  readonly id: string;
  readonly person: string;
  readonly guardian?: string;
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
  readonly fields: string;
  readonly notice: string;
  readonly language: 'zh' | 'en';
  readonly from?: string;
  readonly until: string;
  readonly maxUses?: number;
  readonly keep?: string;
  readonly method: string;
}

const list = (text: string): string[] => text.split(',').map((name) => name.trim());

export function registerGive(consent: Command): void {
  withProfile(consent.command('give'))
    .description('登记一份个人同意 / hand in a consent that your service was given')
    .requiredOption('--id <id>', 'id of your own for it: lower-case letters, digits, hyphens')
    .requiredOption(
      '--person <file>',
      'file with the identifier of the person the data are about, - for standard input',
    )
    .option('--guardian <file>', 'file with the identifier of the parent or guardian who agreed')
    .requiredOption('--recipient <department>', 'department that will receive the data; never your own')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .requiredOption('--purpose <codes>', 'purposes that the notice names, separated by commas')
    .requiredOption('--fields <names>', 'fields agreed to, separated by commas')
    .requiredOption('--notice <digest>', 'hex SHA-256 of the registered notice')
    .option('--language <zh|en>', 'language of the notice', 'zh')
    .option('--from <time>', 'RFC 3339 (default: now)')
    .requiredOption('--until <time>', 'RFC 3339; it holds until just before then')
    .option('--max-uses <number>', 'how often it may be used', wholeNumber(1, 1_000_000))
    .option('--keep <period>', 'how long the recipient may keep what it receives, such as P180D')
    .requiredOption('--method <text>', 'how the person was asked: app, counter, letter')
    .option('--save <folder>', 'keep request, reply and receipt there')
    .option('--json', 'the consent as it stands')
    .addHelpText(
      'after',
      `
Example:
  $ datong consent give --as pub-security --id meals-2026-0451 --person child.txt --guardian mother.txt --recipient education \\
      --dataset pub-security.household --purpose school-meals --fields name,income --notice 5f2c… \\
      --until 2027-07-01T00:00:00+08:00 --method app`,
    )
    .action(give);
}

async function give(options: GiveOptions): Promise<void> {
  const { id, recipient, dataset, maxUses, method, until: expires, notice: digest, language } = options;
  const given: GivenConsent = {
    id,
    person: identifierFrom(options.person),
    ...(options.guardian === undefined ? {} : { guardian: identifierFrom(options.guardian) }),
    recipient,
    dataset,
    purposes: list(options.purpose),
    fields: list(options.fields),
    notBefore: options.from ?? new Date().toISOString(),
    expires,
    ...(maxUses === undefined ? {} : { maxUses }),
    ...(options.keep === undefined ? {} : { retention: options.keep }),
    notice: { digest, language },
    method,
  };
  await withClient(options, async (client) => {
    const { json, exchange, kept } = await client.giveConsent(given);
    await keep(options, kept);
    if (options.json === true) data(JSON.stringify({ ok: true, consent: json, exchange }));
    talk({
      zh: `同意 ${json.id} 已登记，自日志条目起生效；交换 ${exchange}`,
      en: `consent ${json.id} stands from its entry on; exchange ${exchange}`,
    });
  });
}
