/** `datong request list`: requests of one's department, for its data, or all. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, talk } from '../verb.ts';
import type { RequestSummary } from '../../sdk/requests.ts';
import { asSteward, rowOf, type RequestOptions } from './requestCall.ts';

export function registerList(request: Command): void {
  withStaffToken(request.command('list'))
    .description('本部门提出的和针对本部门数据的申请 / requests of your department, and for its data')
    .option('--open', 'only those that are not ended')
    .option('--mine', 'only what waits for you, the nearest deadline first')
    .option('--json', 'answer {requests} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request list --open\n')
    .action(list);
}

async function list(
  options: RequestOptions & { readonly open?: boolean; readonly mine?: boolean },
): Promise<void> {
  await asSteward(options, async (client) => {
    const requests: RequestSummary[] = [];
    let cursor: string | undefined;
    do {
      const wanted = new URLSearchParams({
        ...(options.open === true ? { open: 'true' } : {}),
        ...(options.mine === true ? { turn: 'mine' } : {}),
        limit: '100',
      });
      if (cursor !== undefined) wanted.set('cursor', cursor);
      const page = bodyOf(await client.get(`/v1/requests?${wanted.toString()}`)) as unknown as {
        readonly requests: readonly RequestSummary[];
        readonly nextCursor?: string;
      };
      requests.push(...page.requests);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    if (options.json === true) data(JSON.stringify({ requests }));
    else dataLines(columns(requests.map(rowOf)));
    talk({ zh: `${requests.length} 件申请`, en: `${requests.length} requests` });
  });
}
