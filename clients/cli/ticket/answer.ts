/** `datong ticket answer`: the mending batch, a reason, or one's own ticket taken back. */
import type { Command } from 'commander';
import type { TicketAnswer, TicketSummary } from '../../sdk/tickets.ts';
import { acting, withActor, type ReaderOptions } from '../reading/reader.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, exitCode, talk, VerbFailure } from '../verb.ts';
import { ticketRow } from './list.ts';

interface AnswerOptions extends Omit<ReaderOptions, 'limit'> {
  readonly batch?: string;
  readonly reason?: string;
}

export function registerAnswer(ticket: Command): void {
  withActor(ticket.command('answer'))
    .description(
      '答复：mend 已改正、explain 说明理由、withdraw 撤回 / answer: mend, explain, or withdraw your own',
    )
    .argument('<ticket>', 'its id')
    .argument('<act>', 'mend, explain or withdraw')
    .option('--batch <id>', 'of mend: the submission with the mended data')
    .option(
      '--reason <text>',
      'of explain: why nothing is wrong; of a copy or a deletion how it was done; it names no person',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong ticket answer tkt-000000001 mend --batch $BATCH --as pub-security' +
        '\n  $ datong ticket answer tkt-000000001 explain --reason "as the register has it" --as pub-security',
    )
    .action(answer);
}

async function answer(id: string, act: string, options: AnswerOptions): Promise<void> {
  const body = answerOf(act, options);
  const path = `/v1/tickets/${encodeURIComponent(id)}/answer`;
  const answered = await acting<TicketSummary>(options, {
    staff: async (post) => (await post(path, body)) as unknown as TicketSummary,
    department: async (client) => (await client.tickets.answer(id, body)).json,
  });
  if (options.json === true) data(JSON.stringify(answered));
  else dataLines(columns([ticketRow(answered)]));
  talk({ zh: `${id}：${answered.state}`, en: `${id} is ${answered.state}` });
}

/** @throws VerbFailure (exit 2) */
function answerOf(act: string, { batch, reason }: AnswerOptions): TicketAnswer {
  const said = reason === undefined ? {} : { reason };
  if (act === 'mend') return { act, ...(batch === undefined ? {} : { batch }), ...said };
  if (act === 'withdraw') return { act, ...said };
  if (act === 'explain' && reason !== undefined) return { act, reason };
  throw new VerbFailure(exitCode.usage, {
    zh: '答复为 mend（--batch）、explain（--reason）或 withdraw',
    en: 'answer mend (--batch), explain (--reason) or withdraw',
  });
}
