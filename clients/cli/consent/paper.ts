/** `datong consent paper take|confirm`: records a signed form; a second person with its scan confirms it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { confirmWithFile } from '../approve/decide.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { consentOf, withConsentTerms, type ConsentTerms } from './consents.ts';

interface TakeOptions extends StaffOptions, ConsentTerms {
  readonly form: string;
  readonly scan: string;
  readonly takenOn: string;
  readonly department: string;
  readonly json?: boolean;
}

export function registerPaper(consent: Command): void {
  const paper = consent
    .command('paper')
    .description('纸质同意：录入、确认 / consents on paper: take over, confirm');
  withConsentTerms(withStaffToken(paper.command('take')))
    .description('录入一份签署的表格；由本部门另一人确认 / take a signed form over; a colleague confirms')
    .requiredOption('--form <number>', 'number of the form')
    .requiredOption('--scan <file>', 'the scanned form; its digest goes with the consent')
    .requiredOption('--taken-on <day>', 'the day on which it was signed, YYYY-MM-DD')
    .requiredOption('--department <code>', 'your department, which has the form')
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

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

async function take(options: TakeOptions): Promise<void> {
  const { form, takenOn } = options;
  const paper = { form, takenOn, scan: digestOf(options.scan), collectedBy: options.department };
  const body = { ...consentOf(options), ...paper };
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
