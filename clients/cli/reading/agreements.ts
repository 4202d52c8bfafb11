/** `datong policy list [ID]`: the agreements you may read, every version; by default those that stand or wait. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { minute, printList, text, title, withReader, type Item, type ReaderOptions } from './reader.ts';

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
    told('state', text(item['state'])),
    `${text(item['provider'])} → ${text(item['consumer'])}`,
    list(item['datasets']),
    list(item['purposes']),
    `– ${minute(until).slice(0, 10)}`,
    title(item['title']),
  ];
}
