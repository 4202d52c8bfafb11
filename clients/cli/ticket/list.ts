/** `datong ticket list|show`: tickets that a department opened, must answer, or is notified of. */
import type { Command } from 'commander';
import type { TicketSummary } from '../../sdk/tickets.ts';
import { printList, reading, withReader, type ReaderOptions } from '../reading/reader.ts';
import { data } from '../verb.ts';

export function registerList(ticket: Command): void {
  withReader(ticket.command('list'))
    .description(
      '本部门提出、应答复或被告知的 / those your department opened, has to answer, or is notified of',
    )
    .option('--open', 'only those that are not answered')
    .addHelpText('after', '\nExample:\n  $ datong ticket list --open --as pub-security\n')
    .action(({ open, ...options }: ReaderOptions & { readonly open?: boolean }) =>
      printList(options, {
        path: '/v1/tickets',
        member: 'tickets',
        query: open === true ? { state: 'open' } : {},
        line: (item) => ticketRow(item as unknown as TicketSummary),
      }),
    );
  withReader(ticket.command('show'))
    .description('一件校核或异议；主体标识只给提出部门和提供部门 / one ticket, with the key for its parties')
    .argument('<ticket>', 'its id')
    .addHelpText('after', '\nExample:\n  $ datong ticket show tkt-000000001 --as pub-security\n')
    .action((id: string, options: ReaderOptions) =>
      reading(options, async (get) => {
        const shown = await get(`/v1/tickets/${encodeURIComponent(id)}`);
        data(JSON.stringify(shown, undefined, options.json === true ? undefined : 2));
      }),
    );
}

/** Id, state, the department's role in it, dataset and field, deadline. */
export const ticketRow = ({
  id,
  state,
  as,
  dataset,
  field,
  wish,
  due,
  provisional,
  overdue,
}: TicketSummary): string[] => [
  ...[id, state, as, dataset, [wish, field].filter((one) => one !== undefined).join(' ') || '–'],
  state === 'open' ? `${due}${provisional ? '?' : ''}${overdue ? ' !' : ''}` : '–',
];
