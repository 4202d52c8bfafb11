/** `datong request new FILE`: requests data with the wanted agreement. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, dataLines, talk, exitCode, VerbFailure } from '../verb.ts';
import type { RequestView } from '../../sdk/listTypes.ts';
import {
  agreementIn,
  asSteward,
  papersOf,
  rowOf,
  type PaperOptions,
  type RequestOptions,
} from './requestCall.ts';
import { stringify } from 'yaml';
import { readDocuments } from '../apply/readDocuments.ts';
import { requestOf } from '../apply/requestOf.ts';
import { confirmWithFile } from '../approve/decide.ts';

export function registerNew(request: Command): void {
  withStaffToken(request.command('new'))
    .description('提出共享申请 / ask for data')
    .argument(
      '<file>',
      'YAML of the agreement that is wanted (Agreement, or AutomaticAgreement for unconditional data)',
    )
    .option('--reason <text>', 'what it is needed for')
    .option('--commitment <file>', 'the signed undertaking (承诺书); its digest goes with the request')
    .option('--basis-text <file>', 'the text that the basis cites; its digest goes with the request')
    .option('--volume <text>', 'how much, how often')
    .option('--json', 'the current state of the request')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request new wanted.yaml --reason "subsidised meals" --commitment undertaking.pdf\n',
    )
    .action(make);
}

async function make(file: string, options: RequestOptions & PaperOptions): Promise<void> {
  const { kind, members } = agreementIn(file);
  const papers = papersOf(options);
  const wanted = kind === 'Agreement' ? { document: { kind, ...members } } : { automatic: members };
  await asSteward(options, async (client) => {
    const view = bodyOf(await client.post('/v1/requests', { ...wanted, papers })) as unknown as RequestView;
    if (options.json === true) data(JSON.stringify(view));
    else dataLines([rowOf(view).join('  ')]);
    talk({ zh: `申请 ${view.id} 已提出`, en: `request ${view.id} is made` });
  });
}

/** `datong request renew AGREEMENT`: requests the next term of an agreement with the text of its last version. */
export function registerRenew(request: Command): void {
  withStaffToken(request.command('renew'))
    .description(
      '按最近生效的版本起草续期，输出 YAML / the next term of an agreement, as its last version said it, as YAML',
    )
    .argument('<agreement>', 'id of the agreement')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request renew agr-school-meals > renewed.yaml\n  $ datong request new renewed.yaml --reason "meals of 2027" --commitment undertaking.pdf\n',
    )
    .action(renew);
}

interface Begun {
  readonly of: number;
  readonly document?: object;
  readonly automatic?: object;
}

async function renew(agreement: string, options: RequestOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const path = `/v1/policy/documents/${encodeURIComponent(agreement)}/renewal`;
    const begun = bodyOf(await client.get(path)) as unknown as Begun;
    const { of, document = { kind: 'AutomaticAgreement', ...begun.automatic } } = begun;
    data(options.json === true ? JSON.stringify(begun) : stringify(document).trimEnd());
    talk({
      zh: `取自 ${agreement}@${of}；按需修改后提出：datong request new FILE`,
      en: `as ${agreement}@${of} says; change what differs, then ask: datong request new FILE`,
    });
  });
}

/** `datong request import|confirm`: an upper platform has approved; it is granted without asking again. */
export function registerImport(request: Command): void {
  withStaffToken(request.command('import'))
    .description(
      '导入上级平台批复；由提供部门另一人确认 / import an approval of an upper platform; the provider confirms',
    )
    .argument(
      '<file>',
      'YAML of kind Approval: number, resource, paper, dataset, fields, from, until, agreement',
    )
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request import approval.yaml --as steward\n')
    .action(bring);
  withStaffToken(request.command('confirm'))
    .description('对照批复原件确认 / confirm it, with the approval before you')
    .argument('<proposal>', 'as datong inbox shows it')
    .requiredOption('--paper <file>', 'the approval as you have it')
    .option('--digest <sha256>', 'of the proposal; required where consumers get no answers for a time')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request confirm $PROPOSAL --paper approval.pdf --as decider\n',
    )
    .action((proposal: string, options: RequestOptions & { paper: string; digest?: string }) =>
      confirmWithFile(proposal, options.paper, options, sha256In),
    );
}

async function bring(file: string, options: RequestOptions): Promise<void> {
  const [document, ...others] = readDocuments(file);
  if (document?.kind !== 'Approval' || others.length > 0)
    throw new VerbFailure(exitCode.local, {
      zh: `${file} 应只有一份 Approval`,
      en: `${file} has to hold one Approval`,
    });
  const { path, body, name } = requestOf(document, []);
  await asSteward(options, async (client) => {
    const reported = bodyOf(await client.post(path, body)) as { readonly proposal?: string };
    data(options.json === true ? JSON.stringify(reported) : (reported.proposal ?? ''));
    talk({
      zh: `批复 ${name} 待另一人确认：datong request confirm ${reported.proposal ?? ''} --paper …`,
      en: `approval ${name} waits for another person: datong request confirm ${reported.proposal ?? ''} --paper …`,
    });
  });
}

const sha256In = (body: unknown): unknown =>
  (body as { document?: { approval?: { sha256?: unknown } } }).document?.approval?.sha256;
