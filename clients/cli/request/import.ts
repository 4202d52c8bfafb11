/** `datong request import|confirm`: an upper platform has approved; it is granted without asking again. */
import type { Command } from 'commander';
import { readDocuments } from '../apply/readDocuments.ts';
import { requestOf } from '../apply/requestOf.ts';
import { confirmWithFile } from '../approve/confirmWithFile.ts';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { asSteward, type RequestOptions } from './requestCall.ts';

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
    .option('--digest <sha256>', 'of the proposal: asked for where a time without answers comes of it')
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
    const told = bodyOf(await client.post(path, body)) as { readonly proposal?: string };
    data(options.json === true ? JSON.stringify(told) : (told.proposal ?? ''));
    talk({
      zh: `批复 ${name} 待另一人确认：datong request confirm ${told.proposal ?? ''} --paper …`,
      en: `approval ${name} waits for another person: datong request confirm ${told.proposal ?? ''} --paper …`,
    });
  });
}

const sha256In = (body: unknown): unknown =>
  (body as { document?: { approval?: { sha256?: unknown } } }).document?.approval?.sha256;
