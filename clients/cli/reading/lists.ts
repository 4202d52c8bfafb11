/** `datong policy list [ID]`: the agreements you may read, every version; by default those in force or pending. */
import { translated } from '../reportedValues.ts';
import { dayOfMoment } from '../../../terms/civilDate.ts';
import type { Command } from 'commander';
import { printList, text, title, withReader, type Item, type ReaderOptions } from './reader.ts';
import { say } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

interface AgreementsOptions extends ReaderOptions {
  readonly dataset?: string;
  readonly state?: string;
  readonly digest?: string;
}

export function register(program: Command): void {
  withReader(
    program
      .command('agreements')
      .argument('[id]', 'versions of this one only')
      .description('您可以查看的共享协议 / the agreements you may read'),
  )
    .option('--dataset <id>', 'on this dataset only')
    .option('--state <state>', 'submitted, active, suspended, superseded, revoked')
    .option('--digest <hex>', 'the version whose text has this SHA-256')
    .addHelpText(
      'after',
      '\nExample:\n  datong policy list --dataset pub-security.household --state active\n',
    )
    .action((id: string | undefined, options: AgreementsOptions) =>
      printList(options, {
        path: '/v1/policy/documents',
        member: 'documents',
        query: {
          kind: 'Agreement',
          id,
          dataset: options.dataset,
          state: options.state,
          digest: options.digest,
        },
        line,
      }),
    );
}

function line(item: Item): readonly string[] {
  const { until } = (item['valid'] ?? {}) as { readonly until?: string };
  const list = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(',') : '');
  return [
    `${text(item['id'])}@${text(item['version'])}`,
    translated('state', text(item['state'])),
    `${text(item['provider'])} → ${text(item['consumer'])}`,
    list(item['datasets']),
    list(item['purposes']),
    `– ${dayOfMoment(text(until))}`,
    title(item['title']),
  ];
}

/** `periods` of a dataset, as the hub returns them. */
export interface Periods {
  readonly there: readonly { readonly period: string; readonly goesOn?: string }[];
  readonly destroyed: readonly {
    readonly period: string;
    readonly rows: number;
    readonly batches: number;
    readonly exchange: string;
    readonly at: string;
  }[];
}

/** Maximum number of destroyed periods that are listed singly. */
const maxLines = 12;

/** Lists for a reader the periods that have rows, when the next one is destroyed, and which were destroyed. */
export function periodLines({ there, destroyed }: Periods): string[] {
  const [first] = there;
  const last = there.at(-1);
  const summary =
    first === undefined || last === undefined
      ? say({ zh: '数据期间：尚无', en: 'periods: none yet' })
      : say({
          zh: `数据期间：${first.period} 至 ${last.period}，共 ${there.length} 期${first.goesOn === undefined ? '，一直保留' : `；${first.period} 于 ${first.goesOn} 销毁`}`,
          en: `periods: ${first.period} to ${last.period}, ${there.length} of them${first.goesOn === undefined ? ', all stored' : `; ${first.period} is destroyed on ${first.goesOn}`}`,
        });
  const gone = destroyed.slice(0, maxLines).map(({ period, rows, batches, at, exchange }) =>
    say({
      zh: `已销毁：${period}  ${rows} 行  ${batches} 个批次  ${dayOfMoment(at)}  ${exchange}`,
      en: `destroyed: ${period}  ${counted(rows, 'row')}  ${counted(batches, 'batch', 'batches')}  ${dayOfMoment(at)}  ${exchange}`,
    }),
  );
  return [summary, ...gone];
}
