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
    const found = bodyOf(await client.get('/v1/view-delays')) as unknown as ViewDelayList;
    if (options.json === true) data(JSON.stringify({ ok: true, ...found }));
    else
      for (const line of columns(
        found.delays.map(({ id, department, reference, clause, until }) => [
          ...[id, department, until.slice(0, 10), `${reference} ${clause}`],
        ]),
      ))
        data(line);
    talk({ zh: `${found.delays.length} 项`, en: `${found.delays.length} delays` });
  });
}
