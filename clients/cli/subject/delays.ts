/** `datong subject delays`: what is not told to persons for now. */
import type { Command } from 'commander';
import type { ViewDelayList } from '../../sdk/subjects.ts';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { columns } from '../textWidth.ts';
import { data, talk } from '../verb.ts';

export function registerDelays(subject: Command): void {
  withStaffToken(subject.command('delays'))
    .description('正在暂缓告知的事项 / what is not told to persons for now')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong subject delays --as auditor')
    .action(delays);
}

async function delays(options: StaffOptions & { readonly json?: boolean }): Promise<void> {
  await asSteward(options, async (client) => {
    const found: ViewDelayList['delays'] = [];
    let cursor: string | undefined;
    do {
      const path = `/v1/view-delays?limit=200${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const page = bodyOf(await client.get(path)) as unknown as ViewDelayList;
      found.push(...page.delays);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    if (options.json === true) data(JSON.stringify({ ok: true, delays: found }));
    else
      for (const line of columns(
        found.map(({ id, department, reference, clause, until }) => [
          ...[id, department, until.slice(0, 10), `${reference} ${clause}`],
        ]),
      ))
        data(line);
    talk({ zh: `${found.length} 项`, en: `${found.length} delays` });
  });
}
