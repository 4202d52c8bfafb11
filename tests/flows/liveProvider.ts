/** Providers of live data for tests: an honest one over the SDK, and one that sends whatever frames it likes. */
import { openFrame, questionDigest, type LiveQuestion } from '../../certs/liveFrames.ts';
import { verificationKey } from '../../certs/signatures/index.ts';
import { civilDateText } from '../../terms/civilDate.ts';
import type { Resident } from '../../clients/cli/demo/files/invented.ts';
import { dial } from '../../clients/cli/provide/dial.ts';
import { isReport } from '../../clients/sdk/liveConnection.ts';
import type {
  LiveAsk,
  LiveConnection,
  LiveEvents,
  LiveRows,
  LiveWire,
} from '../../clients/sdk/liveConnection.ts';
import type { Hub } from '../../hub/main.ts';
import { meetsCondition } from '../../policies/meetsCondition.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import type { Machine } from '../hub.ts';
import { newestLeaves } from './leaves.ts';

export const liveDataset = 'pub-security.household-live';

export type Row = Readonly<Record<string, unknown>>;

/** Rows as an honest provider gives them: filtered, in their order, with marks. */
export function rowsOf(all: readonly Row[], { fields, filter, limit, after }: LiveAsk): LiveRows {
  const found = all
    .map((row, at) => ({ row, mark: String(at) }))
    .filter(
      ({ row, mark }) =>
        filter.every((one) => meetsCondition(one, {}, row[one.field])) &&
        (after === undefined || Number(mark) > Number(after)),
    );
  const taken = found.slice(0, limit);
  return {
    rows: taken.map(({ row }) =>
      Object.fromEntries(fields.flatMap((name) => (name in row ? [[name, row[name]]] : []))),
    ),
    after: taken.map(({ mark }) => mark),
    more: found.length > limit,
  };
}

const addressOf = (hub: Hub): { readonly host: string; readonly port: number } => ({
  host: '127.0.0.1',
  port: Number(new URL(hub.origins.exchange).port),
});

export const serve = (
  hub: Hub,
  { client }: Machine,
  provide: (ask: LiveAsk) => Promise<LiveRows> | LiveRows,
  events: LiveEvents = {},
  datasets: readonly string[] = [liveDataset],
): Promise<LiveConnection> =>
  client.live.connect(datasets, async (ask) => provide(ask), dial(addressOf(hub)), events);

export interface Rogue {
  /** questions as they came, opened */
  readonly asked: { readonly frame: string; readonly statement: LiveQuestion; readonly digest: string }[];
  readonly wire: LiveWire;
  readonly connection: LiveConnection;
}

/** @param answer what is sent for a question; nothing for undefined */
export async function rogue(
  hub: Hub,
  { client }: Machine,
  answer: (requested: Rogue['asked'][number], wire: LiveWire) => string | undefined,
): Promise<Rogue> {
  const requested: Rogue['asked'] = [];
  let opened: LiveWire | undefined;
  const hubKey = verificationKey(hub.keys.hubSigning.privateKey);
  const connection = await client.live.connect(
    [liveDataset],
    () => Promise.reject(new Error('never asked')),
    async (opening) => {
      const { reply, wire } = await dial(addressOf(hub))(opening);
      opened = wire;
      if (wire === undefined) return { reply, wire };
      return {
        reply,
        wire: {
          ...wire,
          listen: (_received, closed) =>
            wire.listen((frame) => {
              if (isReport(frame)) return;
              const { statement } = openFrame('question', frame, () => hubKey);
              const one = { frame, statement, digest: questionDigest(frame) };
              requested.push(one);
              const text = answer(one, wire);
              if (text !== undefined) wire.send(text);
            }, closed),
        },
      };
    },
  );
  if (opened === undefined) throw new Error('no connection');
  return { asked: requested, wire: opened, connection };
}

/** A person of the sample file as a row of the schema. */
export const householdRow = ({ id, name, birth, region, guardian }: Resident): Row => ({
  person_id: id,
  name,
  birth_date: civilDateText(birth),
  region_code: region,
  guardian_id: guardian === '' ? null : guardian,
});

/** Waits until every connection that was opened has the entry of its end. */
export async function connectionsClosed(database: Database): Promise<void> {
  for (;;) {
    const leaves = await newestLeaves(database, 400);
    const ids = (of: 'open' | 'closed'): readonly string[] =>
      leaves.flatMap(({ connector }) => (connector?.state === of ? [connector.id] : []));
    const closed = new Set(ids('closed'));
    if (ids('open').every((id) => closed.has(id))) return;
  }
}

/** What the entry of an exchange commits to apart from its leaf. */
export async function openings(database: Database, exchange: string): Promise<Row> {
  const { rows } = await database.app.query<{ value: Row }>(
    'SELECT value FROM audit_private WHERE exchange = $1',
    [exchange],
  );
  return rows[0]?.value ?? {};
}
