import { readFileSync } from 'node:fs';
import { exitCode, VerbFailure, data, talk, dataLines, say } from '../verb.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { ConsentView, GivenConsent } from '../../sdk/consents.ts';
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { wholeNumber } from '../values.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from '../withClient.ts';
import { translated } from '../reportedValues.ts';
import { columns } from '../printedText.ts';
import { defined } from '../../../terms/defined.ts';

/**
 * An identifier from a file, or from standard input for `-`: on the command line every user of the machine could read it.
 * @throws VerbFailure (exit 2) when it is empty or has several lines; the file system's error
 */
export function identifierFrom(file: string): string {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  if (text !== '' && !/\s/u.test(text) && text.length <= 100) return text;
  throw new VerbFailure(exitCode.usage, {
    zh: `${file === '-' ? '标准输入' : file} 应只有一个标识`,
    en: `${file === '-' ? 'standard input' : file} must hold one identifier and nothing else`,
  });
}

/** In words, how certain the department was of the person's identity when it sent them to their own page. */
const ways: Readonly<Record<NonNullable<ConsentView['assurance']>, Bilingual>> = {
  substantial: { zh: '两种独立方式', en: 'in two independent ways' },
  high: { zh: '人脸或实体证件', en: 'by face or document' },
};

/** Undefined for a consent that was not given on the person's own page. */
const provenHow = ({ assurance }: Pick<ConsentView, 'assurance'>): Bilingual | undefined =>
  assurance === undefined ? undefined : ways[assurance];

/** What a person agreed to, as options. */
export interface ConsentTerms {
  readonly id: string;
  readonly person: string;
  readonly guardian?: string;
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
  readonly fields: string;
  readonly notice: string;
  readonly language: 'zh' | 'en';
  readonly until: string;
  readonly maxUses?: number;
  readonly keep?: string;
}

/** Adds the options of a consent. */
export const withConsentTerms = (command: Command): Command =>
  command
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
    .requiredOption('--until <time>', 'RFC 3339; it holds until just before then')
    .option('--max-uses <number>', 'how often it may be used', wholeNumber(1, 1_000_000))
    .option('--keep <period>', 'how long the recipient may retain the data, such as P180D');

const list = (text: string): string[] => text.split(',').map((name) => name.trim());

/** The members of a consent that the options give. @throws VerbFailure, as `identifierFrom` */
export function consentOf(options: ConsentTerms): Omit<GivenConsent, 'notBefore' | 'method'> {
  const { id, person, guardian, recipient, dataset, purpose, fields, until: expires, maxUses } = options;
  return {
    id,
    person: identifierFrom(person),
    ...(guardian === undefined ? {} : { guardian: identifierFrom(guardian) }),
    recipient,
    dataset,
    purposes: list(purpose),
    fields: list(fields),
    expires,
    ...defined({ maxUses, retention: options.keep }),
    notice: { digest: options.notice, language: options.language },
  };
}

/** `datong consent give`: signs a person's consent and submits it. */
interface GiveOptions extends ClientVerbOptions, ConsentTerms {
  readonly from?: string;
  readonly method: string;
}

export function registerGive(consent: Command): void {
  withConsentTerms(withProfile(consent.command('give')))
    .description('登记一份个人同意 / register a consent that was given to your service')
    .option('--from <time>', 'RFC 3339 (default: now)')
    .requiredOption('--method <text>', 'how the person was asked: app, counter, letter')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', 'the current state of the consent')
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
  const notBefore = options.from ?? new Date().toISOString();
  const given: GivenConsent = { ...consentOf(options), notBefore, method: options.method };
  await withClient(options, async (client) => {
    const { json, exchange, kept: stored } = await client.giveConsent(given);
    await storeEvidence(options, stored);
    if (options.json === true) data(JSON.stringify({ ok: true, consent: json, exchange }));
    talk({
      zh: `同意 ${json.id} 已登记，自日志条目起生效；交换 ${exchange}`,
      en: `consent ${json.id} applies from its entry on; exchange ${exchange}`,
    });
  });
}

/**
 * `datong consent show`: prints one consent in full. The person must be named too, so that an id alone reveals nothing; the access is
 * logged.
 */
export function registerShow(consent: Command): void {
  withProfile(consent.command('show'))
    .description('查看一份个人同意的全部内容 / one consent with all it says')
    .argument('<id>', 'id of the consent')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong consent show meals-2026-0451 --as education --person child.txt',
    )
    .action(show);
}

async function show(id: string, options: ClientVerbOptions & { readonly person: string }): Promise<void> {
  const person = identifierFrom(options.person);
  await withClient(options, async (client) => {
    const { json, exchange } = await client.consents(person);
    const one = json.consents.find((consent) => consent.id === id);
    // does not reveal that it is another person's or another department's
    if (one === undefined) {
      throw new VerbFailure(exitCode.refused, {
        zh: `此人与本部门有关的同意中没有 ${id}；本次查询已留痕，交换 ${exchange}`,
        en: `no consent ${id} of this person concerns your department; this query is logged, exchange ${exchange}`,
      });
    }
    if (options.json === true) {
      data(JSON.stringify({ ok: true, consent: one, exchange }));
      return;
    }
    dataLines(consentLines(one).map(say));
    talk({
      zh: `本次查询已留痕，交换 ${exchange}`,
      en: `this query is logged, exchange ${exchange}`,
    });
  });
}

/** The content of a consent, one line for each member that is present. */
export function consentLines(one: ConsentView): readonly Bilingual[] {
  const lines = [
    ['同意', 'consent', `${one.id}  ${translated('state', one.state)}`],
    ['提供部门', 'provider', one.provider],
    ['接收部门', 'recipient', one.recipient],
    ['采集部门', 'collected by', one.collectedBy],
    ['数据资源', 'dataset', one.dataset],
    ['使用场景', 'purposes', one.purposes.join(', ')],
    ['数据项', 'fields', one.fields.join(', ')],
    ['有效期', 'valid', `${one.notBefore} – ${one.expires}`],
    ['至多保存', 'retained for at most', one.retention],
    ['可用次数', 'uses', one.maxUses === undefined ? undefined : String(one.maxUses)],
    ['告知书', 'notice', one.notice],
    ['核验身份的方式', 'identity proven', provenHow(one)],
    ['作出', 'given', one.givenAt],
    ['撤回', 'withdrawn', one.withdrawnAt],
  ] as const;
  return lines.flatMap(([zh, en, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'string' ? { zh: value, en: value } : value;
    return [{ zh: `${zh}：${text.zh}`, en: `${en}: ${text.en}` }];
  });
}

/** `datong consent list`: the consents of one person that concern this department. The access itself is logged. */
export function registerList(consent: Command): void {
  withProfile(consent.command('list'))
    .description('查询某人与本部门有关的个人同意 / the consents of one person that concern your department')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong consent list --as education --person child.txt')
    .action(listList);
}

async function listList(options: ClientVerbOptions & { readonly person: string }): Promise<void> {
  const person = identifierFrom(options.person);
  await withClient(options, async (client) => {
    const { json, exchange } = await client.consents(person);
    if (options.json === true) {
      data(JSON.stringify({ ok: true, ...json, exchange }));
      return;
    }
    const rows = json.consents.map(consentRow);
    dataLines(columns(rows));
    talk({
      zh: `${rows.length} 份与本部门有关的同意；本次查询已留痕，交换 ${exchange}`,
      en: `consents that concern your department: ${rows.length}; this query is logged, exchange ${exchange}`,
    });
  });
}

/** A consent as one line. It ends with the proof of identity for one given on the person's own page. */
export function consentRow(one: ConsentView): readonly string[] {
  const { id, state, recipient, dataset, purposes, expires } = one;
  const proven = provenHow(one);
  return [
    ...[id, translated('state', state), recipient, dataset, purposes.join(' '), expires],
    proven === undefined ? '' : say(proven),
  ];
}

/** `datong consent withdraw`: as many steps as giving it; effective from the next answer on. */
export function registerWithdraw(consent: Command): void {
  withProfile(consent.command('withdraw'))
    .description('撤回一份个人同意 / the person has withdrawn')
    .argument('<id>', 'id of the consent')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', 'the current state of the consent')
    .addHelpText('after', '\nExample:\n  $ datong consent withdraw meals-2026-0451 --as pub-security')
    .action(withdraw);
}

async function withdraw(id: string, options: ClientVerbOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json, exchange, kept: stored } = await client.withdrawConsent(id);
    await storeEvidence(options, stored);
    if (options.json === true) data(JSON.stringify({ ok: true, consent: json, exchange }));
    talk({
      zh: `同意 ${json.id} 已撤回，下一次答复起不再据此提供数据；交换 ${exchange}`,
      en: `consent ${json.id} is withdrawn: nothing leaves on it from the next answer on; exchange ${exchange}`,
    });
  });
}
