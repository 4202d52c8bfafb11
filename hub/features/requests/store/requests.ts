import type { Knex } from 'knex';
import type { PolicyDocumentState } from '../../../domain/agreement.ts';
import type { Procedure } from '../../../domain/requests/procedure.ts';
import type { SoughtWord } from '../../../domain/soughtWords.ts';
import type { RequestEvent, RequestActContent } from '../../../domain/requests/requestLife.ts';
import {
  refuseAlteredRows,
  unalteredRows,
} from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import { containing, type Part, type SearchedText, narrowed } from '../../../platform/database/values.ts';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** A request with all its events. */
export interface StoredRequest {
  readonly id: string;
  readonly consumer: string;
  readonly provider: string;
  /** id and version of the agreement it asks for */
  readonly agreement: string;
  readonly version: number;
  /** null: the default that applies where none is registered */
  readonly procedure: Procedure | null;
  readonly unconditional: boolean;
  readonly events: readonly (RequestEvent & { readonly exchange: string })[];
  /** of the agreement's version, once it is written */
  readonly agreementState: PolicyDocumentState | null;
}

const columns = `r.id, r.consumer, r.provider, r.agreement, r.version, p.document AS procedure, r.unconditional,
    d.state AS "agreementState",
    (SELECT json_agg(json_build_object('seq', e.seq, 'act', e.act, 'person', e.person, 'exchange', e.exchange,
              'at', (extract(epoch FROM e.at) * 1000)::bigint, 'said', e.said) ORDER BY e.seq)
       FROM request_event AS e WHERE e.request = r.id) AS events`;
const tables = `request AS r
  LEFT JOIN procedure AS p ON p.id = r.procedure AND p.version = r.procedure_version
  LEFT JOIN policy_document AS d ON d.id = r.agreement AND d.version = r.version`;

type Selected = Omit<StoredRequest, 'events'> & {
  readonly events: readonly (Pick<RequestEvent, 'seq' | 'act' | 'person' | 'at'> & {
    readonly exchange: string;
    readonly said: RequestActContent;
  })[];
};

const stored = ({ events, ...row }: Selected): StoredRequest => ({
  ...row,
  events: events.map(({ said: content, ...event }) => ({ ...content, ...event })),
});

export async function requestById(reader: Reader, id: string): Promise<StoredRequest | undefined> {
  const { rows } = await reader.query<Selected>(`SELECT ${columns} FROM ${tables} WHERE r.id = $1`, [id]);
  return rows.map(stored)[0];
}

export interface RequestFilter {
  /** as consumer or provider; absent: all departments */
  readonly departments?: readonly string[];
  readonly open?: boolean;
  readonly consumer?: string | undefined;
  readonly provider?: string | undefined;
  /** id of the agreement that is asked for */
  readonly agreement?: string;
  /** only requests with one of these acts between these days, `YYYY-MM-DD` in China, both inclusive */
  readonly acted?: { readonly acts: readonly string[]; readonly from: string; readonly until: string };
  /** each must be in its number, in the id or title of its agreement, or name a party */
  readonly words?: readonly SoughtWord[];
}

/** Number, agreement and its title as they were asked for, in both languages. */
const searched: SearchedText = {
  text: `concat_ws(' ', r.id, r.agreement, (SELECT string_agg(concat_ws(' ',
      (e.said ->> 'document')::jsonb #>> '{title,zh}', (e.said ->> 'document')::jsonb #>> '{title,en}'), ' ')
    FROM request_event AS e WHERE e.request = r.id AND e.said ->> 'document' IS NOT NULL))`,
  departments: ['r.consumer', 'r.provider'],
};

const parts: readonly Part[] = [
  { from: 'request AS r', column: 'r.consumer', id: 'r.id' },
  { from: 'request AS r', column: 'r.provider', id: 'r.id' },
];

/** Usually the newest first. */
export async function pageRequests(
  reader: Reader,
  filter: RequestFilter,
  page: OrderedPage,
): Promise<PageRows<StoredRequest>> {
  const { departments, open, consumer, provider, agreement, acted, words = [] } = filter;
  const reach = departments === undefined ? undefined : { parts, departments };
  return pageRows(reader, { columns, from: tables, order, narrow, reach }, page, stored);

  function narrow(rows: Knex.QueryBuilder): void {
    narrowed(rows, { 'r.consumer': consumer, 'r.provider': provider, 'r.agreement': agreement });
    if (open === true) rows.whereRaw('NOT r.closed');
    if (acted !== undefined)
      rows.whereRaw(
        `EXISTS (SELECT FROM request_event e WHERE e.request = r.id AND e.act = ANY (?)
                    AND ((e.at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN ?::date AND ?::date)`,
        [[...acted.acts], acted.from, acted.until],
      );
    containing(rows, searched, words);
  }
}

const order: ListOrder = {
  table: 'request',
  alias: 'r',
  id: ['id'],
  sorts: { opened: itself },
  usual: '-opened',
};

/**
 * A request for its next act. The request, its earlier steps and the procedure that names its stages must have valid seals.
 * @throws Problem rows_unauthenticated
 */
export const requestForNextAct = (pool: Pool, id: string): Promise<StoredRequest | undefined> =>
  unalteredRows(pool, ['request', 'request_event'], id, async (snapshot) => {
    const request = await requestById(snapshot, id);
    const procedure = request?.procedure?.id;
    if (procedure !== undefined) await refuseAlteredRows(snapshot, 'procedure', procedure);
    return request;
  });

/** `req-000000001`: numbers are never reused; a refused request leaves a gap. */
export async function nextRequestId(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ n: string }>("SELECT nextval('request_number') AS n");
  return `req-${(rows[0]?.n ?? '').padStart(9, '0')}`;
}

export async function insertRequest(
  transaction: Reader,
  request: Omit<StoredRequest, 'events' | 'agreementState'>,
  exchange: string,
): Promise<void> {
  const { id, consumer, provider, agreement, version, procedure, unconditional } = request;
  await transaction.query(
    `INSERT INTO request (id, consumer, provider, agreement, version, procedure, procedure_version, unconditional, closed, made_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false, $9)`,
    [
      ...[id, consumer, provider, agreement, version],
      ...[procedure?.id ?? null, procedure?.version ?? null, unconditional, exchange],
    ],
  );
}

/** @throws the database's unique violation when another act took this number */
export async function appendRequestEvent(
  transaction: Reader,
  request: string,
  { seq, act, person, at, ...content }: RequestEvent,
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO request_event (request, seq, act, person, at, said, exchange)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6, $7)`,
    [request, seq, act, person, at, JSON.stringify(content), exchange],
  );
}

/** @param version version of the agreement that is now asked for */
export async function updateRequest(
  transaction: Reader,
  id: string,
  { closed, version }: { readonly closed: boolean; readonly version: number },
): Promise<void> {
  await transaction.query('UPDATE request SET closed = $2, version = $3 WHERE id = $1', [
    id,
    closed,
    version,
  ]);
}
