import type { PolicyDocumentState } from '../../domain/agreement.ts';
import type { Procedure } from '../../domain/requests/procedure.ts';
import type { RequestEvent, RequestSaid } from '../../domain/requests/requestEvent.ts';
import type { Reader } from '../database/reader.ts';

/** A request with everything that happened to it. */
export interface KeptRequest {
  readonly id: string;
  readonly consumer: string;
  readonly provider: string;
  /** id and version of the agreement it asks for */
  readonly agreement: string;
  readonly version: number;
  /** null: what holds where nothing is registered */
  readonly procedure: Procedure | null;
  readonly unconditional: boolean;
  readonly events: readonly (RequestEvent & { readonly exchange: string })[];
  /** of the agreement's version, once it is written */
  readonly agreementState: PolicyDocumentState | null;
}

const select = `SELECT r.id, r.consumer, r.provider, r.agreement, r.version, p.document AS procedure, r.unconditional,
    d.state AS "agreementState",
    (SELECT json_agg(json_build_object('seq', e.seq, 'act', e.act, 'person', e.person, 'exchange', e.exchange,
              'at', (extract(epoch FROM e.at) * 1000)::bigint, 'said', e.said) ORDER BY e.seq)
       FROM request_event AS e WHERE e.request = r.id) AS events
  FROM request AS r
  LEFT JOIN procedure AS p ON p.id = r.procedure AND p.version = r.procedure_version
  LEFT JOIN policy_document AS d ON d.id = r.agreement AND d.version = r.version`;

type Selected = Omit<KeptRequest, 'events'> & {
  readonly events: readonly (Pick<RequestEvent, 'seq' | 'act' | 'person' | 'at'> & {
    readonly exchange: string;
    readonly said: RequestSaid;
  })[];
};

const kept = ({ events, ...row }: Selected): KeptRequest => ({
  ...row,
  events: events.map(({ said, ...event }) => ({ ...said, ...event })),
});

export async function requestById(reader: Reader, id: string): Promise<KeptRequest | undefined> {
  const { rows } = await reader.query<Selected>(`${select} WHERE r.id = $1`, [id]);
  return rows.map(kept)[0];
}

export interface RequestFilter {
  /** as consumer or provider; absent: of everybody */
  readonly departments?: readonly string[];
  readonly open?: boolean;
  /** only those behind this one */
  readonly before?: string;
}

/** The newest first. */
export async function listRequests(
  reader: Reader,
  filter: RequestFilter,
  most: number,
): Promise<KeptRequest[]> {
  const { rows } = await reader.query<Selected>(
    `${select} WHERE ($1::text[] IS NULL OR r.consumer = ANY ($1) OR r.provider = ANY ($1)) AND ($2 = false OR NOT r.closed)
        AND ($3::text IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4`,
    [filter.departments ?? null, filter.open === true, filter.before ?? null, most],
  );
  return rows.map(kept);
}

/** `req-000000001`: numbers are never given twice; one that is refused leaves a gap. */
export async function nextRequestId(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ n: string }>("SELECT nextval('request_number') AS n");
  return `req-${(rows[0]?.n ?? '').padStart(9, '0')}`;
}

export async function insertRequest(
  transaction: Reader,
  request: Omit<KeptRequest, 'events' | 'agreementState'>,
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

/** @throws the database's unique violation when somebody else's act took this number */
export async function appendRequestEvent(
  transaction: Reader,
  request: string,
  { seq, act, person, at, ...said }: RequestEvent,
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO request_event (request, seq, act, person, at, said, exchange)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6, $7)`,
    [request, seq, act, person, at, JSON.stringify(said), exchange],
  );
}

/** @param version of the agreement that is asked for by now */
export async function moveRequest(
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
