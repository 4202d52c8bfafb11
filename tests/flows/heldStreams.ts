/** What is held for a stream: by a consumer that takes a byte now and then, at its own TLS socket, and by its writer. */
import assert from 'node:assert/strict';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Leaf } from '../../log/leaf.ts';
import { OpenStreams } from '../../hub/flows/release/openStreams.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { moreRows } from '../moreRows.ts';
import { until } from './intakeCalls.ts';

interface Asking {
  /** a stream that was opened, its answer not read */
  readonly rawStream: () => Promise<{
    readonly request: ClientRequest;
    readonly response: IncomingMessage;
    readonly exchange: string;
  }>;
  readonly entriesOf: (exchange: string) => Promise<readonly Leaf[]>;
  /** streams that are open */
  readonly openRows: () => Promise<number>;
}

/** @param inside rows of the dataset that its agreement gives @returns how the stream ended, as its last entry records */
export async function slowReader(
  database: Database,
  dataset: string,
  inside: number,
  { rawStream, entriesOf, openRows }: Asking,
): Promise<readonly unknown[]> {
  // far more than the buffers of both sockets hold
  const copies = 100;
  const fewer = await moreRows(database, dataset, copies, {
    f_person_id: `left("f_person_id", 6) || lpad(("_row" * 1000 + nth)::text, 12, '0')`,
  });
  const all = inside * (copies + 1);
  let ends = (): void => undefined;
  try {
    const { request, response, exchange } = await rawStream();
    request.on('error', () => undefined);
    response.on('error', () => undefined).pause();
    const left = async (): Promise<number> =>
      (await entriesOf(exchange)).reduce(
        (sum, { stream }) => sum + (stream?.state === 'part' ? (stream.rows ?? 0) : 0),
        0,
      );
    const ended = async (): Promise<Leaf | undefined> =>
      (await entriesOf(exchange)).find(({ stream }) => stream?.state === 'aborted');
    let taken = 0;
    ends = () => {
      clearInterval(reading);
      request.destroy();
    };
    const reading = setInterval(() => {
      if (response.read(1) !== null) taken += 1;
    }, 50);
    // it is blocked: nothing more is read or logged, and no statement or transaction waits for the reader
    let before = -1;
    // on a busy machine a part may take longer than one look
    for (let same = 0; same < 3;) {
      const now = await left();
      same = now === before ? same + 1 : 0;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    const { rows: busy } = await database.owner.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()",
    );
    assert.equal(busy.length, 0, 'no statement and no cursor is open');
    assert.equal(await ended(), undefined, 'it is still read from');
    await until(async () => (await ended()) !== undefined);
    const { stream } = (await ended()) ?? {};
    assert.ok(
      taken > 5 && (stream?.rows ?? all) < all,
      `${String(stream?.rows)} of ${all} rows, ${taken} bytes`,
    );
    assert.equal(stream?.rows, before, 'not a row more than when it stood still');
    await until(async () => (await openRows()) === 0);
    return [stream.state, stream.why];
  } finally {
    ends();
    await fewer();
  }
}

/** @returns whether its lease is valid: before it is open here, and while it is */
export async function storedLease(database: Database): Promise<readonly boolean[]> {
  const id = '01890000-0000-7000-8000-000000000002';
  await database.app.query(
    "INSERT INTO release_stream VALUES ($1, 'education', '{}', now() - interval '1 hour')",
    [id],
  );
  const lease = async (): Promise<boolean> => {
    const { rows } = await database.app.query<{ extended: boolean }>(
      "SELECT lease_until > now() - interval '30 minutes' AS extended FROM release_stream WHERE id = $1",
      [id],
    );
    return rows[0]?.extended === true;
  };
  const before = await lease();
  const streams = new OpenStreams(database.app, { leaseSeconds: 0.2 });
  streams.begin(id);
  await until(lease);
  const meanwhile = await lease();
  streams.end(id);
  await streams.settled();
  await database.app.query('DELETE FROM release_stream WHERE id = $1', [id]);
  return [before, meanwhile];
}
