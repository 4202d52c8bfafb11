/** The calls of a submission one by one, for tests that send them in an order no client would. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Database } from '../../hub/platform/database/database.ts';

type Headers = Readonly<Record<string, string>>;

export const post = (by: DatongClient, path: string, body: unknown, more: Headers = {}) =>
  by.call({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...more },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    receipt: 'optional',
  });

export const open = async (by: DatongClient, dataset: string, more: Headers = {}): Promise<string> =>
  ((await post(by, `/v1/datasets/${dataset}/batches`, {}, more)).json as { batch: string }).batch;

export const put = (by: DatongClient, batch: string, at: number, body: Uint8Array) =>
  by.call({
    method: 'PUT',
    path: `/v1/batches/${batch}/parts/${at}`,
    headers: { 'content-type': 'application/octet-stream' },
    body,
    receipt: 'optional',
  });

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const commit = (
  by: DatongClient,
  batch: string,
  bytes: Uint8Array,
  mapping: string,
  more: Headers = {},
) => post(by, `/v1/batches/${batch}/commit`, { sha256: sha256(bytes), bytes: bytes.length, mapping }, more);

/** A batch with all its bytes, to be committed. */
export async function uploaded(by: DatongClient, dataset: string, bytes: Uint8Array): Promise<string> {
  const batch = await open(by, dataset);
  if (bytes.length > 0) await put(by, batch, 0, bytes);
  return batch;
}

/** The code of a refusal, or the status of an answer. */
export const reported = (work: Promise<{ readonly status: number }>): Promise<string> =>
  work.then(
    ({ status }) => String(status),
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );

export async function stateOf(
  { app }: Database,
  batch: string,
): Promise<{ state: string; problem: string | null; exchange: string | null; receipt: string | null }> {
  const { rows } = await app.query<Awaited<ReturnType<typeof stateOf>>>(
    'SELECT state, problem, exchange, receipt FROM batch WHERE id = $1',
    [batch],
  );
  assert.ok(rows[0]);
  return rows[0];
}

/** The batch whose rows readers of a dataset see, and the version of the dataset. */
export async function currentBatch(
  { app }: Database,
  dataset: string,
): Promise<{ readonly schema: string; readonly batch: string; readonly state: string }> {
  const { rows } = await app.query<{ schema: string; batch: string; state: string }>(
    'SELECT d.schema, d.current_batch::text AS batch, b.state FROM dataset AS d JOIN batch AS b ON b.id = d.current_batch WHERE d.id = $1',
    [dataset],
  );
  return rows[0] ?? assert.fail('no batch is current');
}

/** The newest replaced batch of a dataset under a version of its schema. */
export async function formerBatch({ app }: Database, dataset: string, schema: string): Promise<string> {
  const { rows } = await app.query<{ id: string }>(
    "SELECT id FROM batch WHERE dataset = $1 AND schema_urn = $2 AND state = 'superseded' ORDER BY id DESC LIMIT 1",
    [dataset, schema],
  );
  return rows[0]?.id ?? assert.fail(`no former batch of ${schema}`);
}

/** Tables of batches that are there, by the ids of their batches. */
export async function tables({ owner }: Database): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    "SELECT substr(tablename, 3)::uuid::text AS id FROM pg_tables WHERE schemaname = 'rows' AND tablename LIKE 'b\\_%'",
  );
  return rows.map(({ id }) => id).sort();
}

/** Makes attachments as old as if they had been opened, and no row had named them, 25 hours ago: the next sweep removes them. */
export const ageAttachments = ({ owner }: Pick<Database, 'owner'>, ...ids: readonly string[]) =>
  owner.query(
    "UPDATE attachment SET used_at = now() - interval '25 hours', opened_at = now() - interval '25 hours', unnamed_since = now() - interval '25 hours' WHERE id = ANY($1)",
    [ids],
  );

export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2400; i += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail('did not happen within a minute');
}

/** Runs `meanwhile` while every read of a table waits. */
export const whileHeld = (database: Database, table: string, meanwhile: () => Promise<void>): Promise<void> =>
  whileOpen(database, `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`, meanwhile);

/** Runs `meanwhile` while a creator of this table waits: a translation does under its lease, and holds nothing of its batch then. */
export const whileUnmade = (
  database: Database,
  table: string,
  meanwhile: () => Promise<void>,
): Promise<void> => whileOpen(database, `CREATE TABLE ${table} ()`, meanwhile);

async function whileOpen(
  { owner }: Database,
  statement: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const holder = await owner.connect();
  try {
    await holder.query(`BEGIN; ${statement}`);
    await meanwhile();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

/** Resolves once a batch is taken and its bytes are waited for: `whileHeld` holds their table, for which a job may wait too. */
export async function bytesAwaited(database: Database, batch: string): Promise<void> {
  await until(async () => (await stateOf(database, batch)).state === 'checking');
  await statementWaits(database, 'batch_part');
}

/** Resolves once a statement waits for this table: `whileHeld` holds it. */
const statementWaits = ({ owner }: Database, table: string): Promise<void> =>
  until(async () => {
    const { rowCount } = await owner.query(
      'SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
      [table],
    );
    return (rowCount ?? 0) > 0;
  });
