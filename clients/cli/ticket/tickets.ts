/** `datong ticket open`: by a department's machine, by a steward, at the counter for a person, or in an appointed service. */
import { Option, type Command } from 'commander';
import type { RequestedTicket, TicketSummary, TicketAnswer } from '../../sdk/tickets.ts';
import { identifierFrom } from '../consent/consents.ts';
import { acting, withActor, type ReaderOptions } from '../reading/reader.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, talk, VerbFailure } from '../verb.ts';
import { ticketRow } from './list.ts';
import { defined } from '../../../terms/defined.ts';

interface OpenOptions extends Omit<ReaderOptions, 'limit'> {
  readonly claim: string;
  readonly exchange?: string;
  readonly dataset?: string;
  readonly field?: string;
  readonly key?: string;
  readonly wish?: NonNullable<RequestedTicket['wish']>;
  readonly document?: NonNullable<RequestedTicket['counter']>['document'];
  readonly application?: string;
  readonly presentedBy?: NonNullable<RequestedTicket['counter']>['presentedBy'];
}

export function registerOpen(ticket: Command): void {
  withActor(ticket.command('open'))
    .description('提出数据有误或缺失 / say that data is wrong or missing')
    .requiredOption('--claim <text>', 'what is wrong; it names no person')
    .option('--exchange <id>', 'an answer that your department got')
    .option('--dataset <id>', 'where no exchange says it')
    .option('--field <name>', 'the field that is wrong')
    .option('--key <file>', 'file with the identifier of the subject, - for standard input')
    .addOption(
      new Option(
        '--presented-by <whom>',
        'for a person: the person (self), a parent or guardian, or an agent',
      ).choices(['self', 'guardian', 'agent']),
    )
    .addOption(
      new Option('--document <kind>', 'at the counter: which document was compared').choices([
        'resident-id',
        'household-book',
        'passport',
        'residence-permit',
      ]),
    )
    .addOption(
      new Option(
        '--wish <what>',
        'for a person: that data is corrected (the default), given as a copy, or deleted',
      ).choices(['correction', 'copy', 'deletion']),
    )
    .option('--application <number>', 'at the counter: number of the form')
    .addHelpText(
      'after',
      '\nExamples:\n  $ datong ticket open --exchange $EXCHANGE --field birth_date --key child.txt --claim "the day is another" --as education' +
        '\n  $ datong ticket open --dataset pub-security.household --key child.txt --claim "not registered" --presented-by guardian --as pub-security',
    )
    .action(open);
}

async function open(options: OpenOptions): Promise<void> {
  const { claim, exchange, dataset, field, key, presentedBy, document, application, wish } = options;
  const person = key === undefined ? undefined : identifierFrom(key);
  const requested = {
    claim,
    ...defined({ exchange, dataset, field, wish }),
  };
  const keyed = { ...requested, ...defined({ key: person }) };
  const opened = await acting<TicketSummary>(options, {
    staff: async (post) => {
      if (presentedBy === undefined) return (await post('/v1/tickets', keyed)) as unknown as TicketSummary;
      if (document === undefined || application === undefined) throw incomplete();
      const counter = { document, presentedBy, application };
      return (await post('/v1/tickets', { ...keyed, counter })) as unknown as TicketSummary;
    },
    department: async (client) => {
      if (presentedBy === undefined) return (await client.tickets.open(keyed)).json;
      if (person === undefined) throw incomplete();
      return (await client.tickets.open(requested, { person, presentedBy, assurance: 'high' })).json;
    },
  });
  if (options.json === true) data(JSON.stringify(opened));
  else dataLines(columns([ticketRow(opened)]));
  talk({
    zh: `${opened.id} 已提出，提供部门应在 ${opened.due} 前答复`,
    en: `${opened.id} is open; the provider answers by ${opened.due}`,
  });
}

const incomplete = (): VerbFailure =>
  new VerbFailure(exitCode.usage, {
    zh: '为个人提出：部门系统需要 --key，服务窗口还需要 --document 与 --application',
    en: 'for a person: a service needs --key, a counter also --document and --application',
  });

/** `datong ticket answer`: names the batch with the correction, gives a reason, or withdraws one's own ticket. */
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
    .option('--batch <id>', 'of mend: the submission with the corrected data')
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
  const reasonMember = reason === undefined ? {} : { reason };
  if (act === 'mend') return { act, ...defined({ batch }), ...reasonMember };
  if (act === 'withdraw') return { act, ...reasonMember };
  if (act === 'explain' && reason !== undefined) return { act, reason };
  throw new VerbFailure(exitCode.usage, {
    zh: '答复为 mend（--batch）、explain（--reason）或 withdraw',
    en: 'answer mend (--batch), explain (--reason) or withdraw',
  });
}
