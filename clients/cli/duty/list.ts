/** `datong duty list`: deletions, notices and reports, by the day they are due. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, talk } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';

export function registerList(duty: Command): void {
  withProfile(duty.command('list'))
    .description(
      '本部门的义务事项，及他人对本部门数据的义务 / what you owe, and what is owed for data of yours',
    )
    .option('--due', 'only what is open and due within a week, or overdue')
    .option('--json', 'answer {duties} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong duty list --due --as education')
    .action(list);
}

async function list(options: ClientVerbOptions & { readonly due?: boolean }): Promise<void> {
  await withClient(options, async (client) => {
    const duties = await client.allDuties({ due: options.due === true });
    if (options.json === true) {
      data(JSON.stringify({ ok: true, duties }));
      return;
    }
    const rows = duties.map(
      ({ id, state, obligation, due, consumer, dataset, agreement, exchanges, consent }) => [
        ...[
          id,
          told('state', told('label', state)),
          due,
          told('label', obligation),
          consumer,
          dataset,
          agreement,
        ],
        consent ?? String(exchanges),
      ],
    );
    for (const row of columns(rows)) data(row);
    talk({ zh: `${rows.length} 项义务`, en: `${rows.length} duties` });
  });
}
