/** `datong consent duty list`: deletions, notices and reports, by the day they are due. */
import { agreementUnread, agreementUnreadWords } from '../../../terms/duty.ts';
import { told } from '../told.ts';
import type { Command } from 'commander';
import type { Duty } from '../../sdk/duties.ts';
import { withProfile } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';

export function registerList(duty: Command): void {
  withProfile(duty.command('list'))
    .description(
      '本部门的义务事项，及他人对本部门数据的义务 / what you owe, and what is owed for data of yours',
    )
    .option('--due', 'only what is open and due within a week, or overdue')
    .option('--json', 'answer {duties} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong consent duty list --due --as education')
    .action(list);
}

async function list(options: ClientVerbOptions & { readonly due?: boolean }): Promise<void> {
  await withClient(options, async (client) => {
    const duties = await client.allDuties({ due: options.due === true });
    if (options.json === true) {
      data(JSON.stringify({ ok: true, duties }));
      return;
    }
    const rows = duties.map(dutyLine);
    dataLines(columns(rows));
    if (duties.some(({ agreement }) => agreement === agreementUnread))
      talk({
        zh: '“协议不明”：日志条目被改动，读不出数据依据哪份协议提供。仍应删除，交换编号见 --json 的 named',
        en: '“agreement unknown”: an entry was altered and does not say under which agreement the data left. It is to be deleted all the same; --json names the exchanges (named)',
      });
    talk({ zh: `${rows.length} 项义务`, en: `${rows.length} duties` });
  });
}

/** Cells of a line. */
export const dutyLine = (duty: Duty): string[] => {
  const { id, state, obligation, due, consumer, dataset, agreement, exchanges, consent } = duty;
  return [
    ...[id, told('state', told('label', state)), due, told('label', obligation), consumer, dataset],
    agreement === agreementUnread ? say(agreementUnreadWords) : agreement,
    consent ?? String(exchanges),
  ];
};
