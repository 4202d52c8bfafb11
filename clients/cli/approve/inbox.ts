/** `datong inbox`: items that wait for you as the second person. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { escapeLine } from '../../../terms/controlText.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { inboxLines } from './inboxLines.ts';
import { asReviewer, waitingPages, type OthersOf } from './waiting.ts';

interface InboxOptions extends StaffOptions {
  readonly json?: boolean;
  readonly kind?: string;
  readonly limit: number;
  readonly others?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program.command('inbox').description('等待您审批或确认的事项 / what waits for you to approve or confirm'),
  )
    .option('--kind <kind>', 'only of this kind, as --json names them')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 1_000)
    .option('--others', 'also who else can act on each')
    .option(
      '--json',
      'answer {documents, proposals, schemas, changeovers, retirements, persons, seconds, certificates, requests, demands, disputes, tickets, duties, batches, silent, dueCases, events, pulls, keys, codes, risks, evidence, expiring, stops, catalogue} as JSON',
    )
    .addHelpText(
      'after',
      '\nExample:\n  datong inbox\n  datong inbox --kind requests --limit 20\n  datong review approve agr-school-enrolment\n',
    )
    .action(inbox);
}

async function inbox(options: InboxOptions): Promise<void> {
  const { kind: section, limit: maxItems, others: named = false } = options;
  const { waiting, others, more, overdue } = await asReviewer(options, (client) =>
    waitingPages(client, { kind: section, maxItems, others: named }),
  );
  if (options.json === true) {
    data(JSON.stringify(named ? { ...waiting, others } : waiting));
    return;
  }
  dataLines(inboxLines(waiting));
  printOthers(others);
  if (Object.values(waiting).every((list: readonly unknown[]) => list.length === 0)) {
    talk({ zh: '没有等待您处理的事项', en: 'nothing waits for you' });
  }
  if (overdue > 0) talk({ zh: `已逾期 ${overdue} 项`, en: `${overdue} overdue` });
  if (more) talk({ zh: `只列出前 ${maxItems} 项`, en: `the first ${maxItems} are listed` });
}

/** Label of an item on a line of the inbox, by its first name there. */
const names = [
  'id',
  'proposal',
  'urn',
  'batch',
  'keyid',
  'person',
  'name',
  'agreement',
  'dataset',
  'department',
  'what',
];

function printOthers(others: readonly OthersOf[]): void {
  for (const { pendingItem: item, persons, incomplete = false } of others) {
    const called = names.map((name) => item[name]).find((value) => typeof value === 'string');
    const who = persons.map(({ name }) => escapeLine(name));
    data(
      say({
        zh: `${String(called)}  还可由：${[...who, ...(incomplete ? ['（未全部查看）'] : [])].join('、') || '无'}`,
        en: `${String(called)}  others who can act: ${[...who, ...(incomplete ? ['(not all were checked)'] : [])].join(', ') || 'none'}`,
      }),
    );
  }
}
