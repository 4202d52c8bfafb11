/** `datong consent duty list`: deletions, notices and reports, by the day they are due. */
import { agreementUnread, agreementUnreadWords } from '../../../terms/duty.ts';
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import type { Duty } from '../../sdk/duties.ts';
import { withProfile } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, say, talk, exitCode, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions, storeEvidence } from '../withClient.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

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
    talk({ zh: `${rows.length} 项义务`, en: counted(rows.length, 'duty', 'duties') });
  });
}

/** Cells of a line. */
export const dutyLine = (duty: Duty): string[] => {
  const { id, state, obligation, due, consumer, dataset, agreement, exchanges, consent } = duty;
  return [
    ...[
      id,
      translated('state', translated('label', state)),
      due,
      translated('label', obligation),
      consumer,
      dataset,
    ],
    agreement === agreementUnread ? say(agreementUnreadWords) : agreement,
    consent ?? String(exchanges),
  ];
};

/** `datong consent duty state`: signs that the department fulfilled its duties. */
interface StateOptions extends ClientVerbOptions {
  readonly consent?: string;
  readonly report?: string;
}

export function registerState(duty: Command): void {
  withProfile(duty.command('state'))
    .description(
      '签署声明：已删除、已告知、已报告或未转让 / state, signed: deleted, notified, reported or not shared',
    )
    .argument('<states>', 'deleted, subjects-notified, use-reported or not-shared')
    .argument('[id...]', 'ids as datong consent duty list shows them')
    .option('--consent <id>', 'the duties of a withdrawn consent, instead of ids')
    .option('--report <text>', 'of use-reported: what the data were used for, naming no person')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', 'the current duties')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong consent duty state deleted --consent meals-2026-0451 --as education',
    )
    .action(stateState);
}

const words: readonly string[] = [
  'deleted',
  'subjects-notified',
  'use-reported',
  'not-shared',
] satisfies Duty['states'][];

const isWord = (text: string): text is Duty['states'] => words.includes(text);

async function stateState(states: string, ids: readonly string[], options: StateOptions): Promise<void> {
  const { consent, report } = options;
  if (!isWord(states) || ids.length > 0 === (consent !== undefined)) {
    throw new VerbFailure(exitCode.usage, {
      zh: `声明为 ${words.join('、')} 之一，并写编号或 --consent（二者取一）`,
      en: `state one of ${words.join(', ')}, and name ids or --consent, not both`,
    });
  }
  await withClient(options, async (client) => {
    const duties = consent === undefined ? ids : await ofConsent(client, consent);
    const {
      json,
      exchange,
      kept: stored,
    } = await client.stateDuties({
      duties,
      states,
      ...defined({ report }),
    });
    await storeEvidence(options, stored);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json, exchange }));
    talk({
      zh: `已声明“${translated('label', states)}”：${json.duties.length} 项；交换 ${exchange}`,
      en: `stated ${states}: ${counted(json.duties.length, 'duty', 'duties')}; exchange ${exchange}`,
    });
  });
}

async function ofConsent(client: DatongClient, consent: string): Promise<readonly string[]> {
  const found = (await client.allDuties({ due: true })).filter(
    (duty) => duty.consent === consent && duty.consumer === client.department,
  );
  if (found.length > 0) return found.map(({ id }) => id);
  throw new VerbFailure(exitCode.refused, {
    zh: `同意 ${consent} 没有待本部门声明的义务`,
    en: `your department owes no statement for consent ${consent}`,
  });
}
