/** `datong consent paper take|confirm`: records a signed form; a second person with its scan confirms it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { confirmWithFile } from '../approve/decide.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { identifierFrom } from './consents.ts';
import { defined } from '../../../terms/defined.ts';

interface TakeOptions extends StaffOptions {
  readonly id: string;
  readonly form: string;
  readonly scan: string;
  readonly takenOn: string;
  readonly person: string;
  readonly guardian?: string;
  readonly department: string;
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
  readonly fields: string;
  readonly notice: string;
  readonly language: 'zh' | 'en';
  readonly until: string;
  readonly maxUses?: number;
  readonly keep?: string;
  readonly json?: boolean;
}

export function registerPaper(consent: Command): void {
  const paper = consent
    .command('paper')
    .description('纸质同意：录入、确认 / consents on paper: take over, confirm');
  withStaffToken(paper.command('take'))
    .description('录入一份签署的表格；由本部门另一人确认 / take a signed form over; a colleague confirms')
    .requiredOption('--id <id>', 'id of your own for it: lower-case letters, digits, hyphens')
    .requiredOption('--form <number>', 'number of the form')
    .requiredOption('--scan <file>', 'the scanned form; its digest goes with the consent')
    .requiredOption('--taken-on <day>', 'the day on which it was signed, YYYY-MM-DD')
    .requiredOption(
      '--person <file>',
      'file with the identifier of the person the data are about, - for standard input',
    )
    .option('--guardian <file>', 'file with the identifier of the parent or guardian who agreed')
    .requiredOption('--department <code>', 'your department, which has the form')
    .requiredOption('--recipient <department>', 'department that will receive the data; never your own')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .requiredOption('--purpose <codes>', 'purposes that the notice names, separated by commas')
    .requiredOption('--fields <names>', 'fields agreed to, separated by commas')
    .requiredOption('--notice <digest>', 'hex SHA-256 of the registered notice')
    .option('--language <zh|en>', 'language of the notice', 'zh')
    .requiredOption('--until <time>', 'RFC 3339; it holds until just before then')
    .option('--max-uses <number>', 'how often it may be used', wholeNumber(1, 1_000_000))
    .option('--keep <period>', 'how long the recipient may retain the data, such as P180D')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ datong consent paper take --as provider --id meals-paper-7 --form ZZ-2026-0007 --scan form.pdf --taken-on 2026-09-01 \\
      --person child.txt --guardian mother.txt --department pub-security --recipient education --dataset pub-security.household \\
      --purpose school-meals --fields name,income --notice 5f2c… --until 2027-07-01T00:00:00+08:00`,
    )
    .action(take);
  withStaffToken(paper.command('confirm'))
    .description('对照扫描件确认 / confirm it, with the scan before you')
    .argument('<proposal>', 'as datong inbox shows it')
    .requiredOption('--scan <file>', 'the scanned form as you have it')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong consent paper confirm $PROPOSAL --scan form.pdf --as decider\n',
    )
    .action((proposal: string, options: StaffOptions & { scan: string; json?: boolean }) =>
      confirmWithFile(proposal, options.scan, options, (body) => (body as { scan?: unknown }).scan),
    );
}

const list = (text: string): string[] => text.split(',').map((name) => name.trim());
const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

async function take(options: TakeOptions): Promise<void> {
  const { id, form, takenOn, recipient, dataset, maxUses, language } = options;
  const body = {
    id,
    form,
    takenOn,
    recipient,
    dataset,
    scan: digestOf(options.scan),
    person: identifierFrom(options.person),
    ...(options.guardian === undefined ? {} : { guardian: identifierFrom(options.guardian) }),
    collectedBy: options.department,
    purposes: list(options.purpose),
    fields: list(options.fields),
    expires: options.until,
    ...defined({ maxUses, retention: options.keep }),
    notice: { digest: options.notice, language },
  };
  await asReviewer(options, async (client) => {
    const reported = bodyOf(await client.post('/v1/paper-consents', body)) as { readonly proposal?: string };
    if (options.json === true) data(JSON.stringify(reported));
    else data(reported.proposal ?? '');
    talk({
      zh: `待另一人确认：datong consent paper confirm ${reported.proposal ?? ''} --scan …`,
      en: `waits for another person: datong consent paper confirm ${reported.proposal ?? ''} --scan …`,
    });
  });
}
