/** `datong request show ID`: a request with everything that happened to it; `--document` the agreement alone, ready for `datong catalogue apply`. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, dataLines } from '../verb.ts';
import type { RequestView } from '../../sdk/requests.ts';
import { asSteward, rowOf, type RequestOptions } from './requestCall.ts';

interface ShowOptions extends RequestOptions {
  readonly document?: boolean;
}

export function registerShow(request: Command): void {
  withStaffToken(request.command('show'))
    .description('一件申请及其办理经过 / a request and what happened to it')
    .argument('<id>', 'req-…')
    .option('--document', 'the agreement as it stands, for datong catalogue apply FILE --sign-as')
    .option('--json', 'everything as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request show req-000000001\n')
    .action(show);
}

async function show(id: string, options: ShowOptions): Promise<void> {
  const view = await requestNamed(id, options);
  if (options.document === true) data(JSON.stringify(view.document, undefined, 2));
  else if (options.json === true) data(JSON.stringify(view));
  else dataLines(linesOf(view));
}

/** @throws DatongRefusal */
export const requestNamed = (id: string, options: RequestOptions): Promise<RequestView> =>
  asSteward(
    options,
    async (client) =>
      bodyOf(await client.get(`/v1/requests/${encodeURIComponent(id)}`)) as unknown as RequestView,
  );

/** One line for the request, one for each event, with what was said below it. */
const linesOf = (view: RequestView): string[] => [
  rowOf(view).join('  '),
  ...view.events.flatMap(({ act, at, name, person, reason, wouldGrant, missing = [], papers }) => [
    `  ${at.slice(0, 10)}  ${told('act', told('label', act))}  ${name ?? person}`,
    ...[papers?.reason, papers?.volume, reason, wouldGrant].flatMap((text) =>
      text === undefined ? [] : [`    ${text}`],
    ),
    ...missing.map(({ item, note }) => `    - ${item}: ${note}`),
  ]),
];
