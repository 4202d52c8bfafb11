/** `datong request new FILE`: asks for data by the agreement that is wanted. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, dataLines, talk } from '../verb.ts';
import type { RequestView } from '../../sdk/requests.ts';
import {
  agreementIn,
  asSteward,
  papersOf,
  rowOf,
  type PaperOptions,
  type RequestOptions,
} from './requestCall.ts';

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
    .option('--json', 'the request as it stands')
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
