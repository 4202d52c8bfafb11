/** Statements that the database cancels when the reader of their rows has gone. */
import { connect } from 'node:net';
import pg from 'pg';
import { sealAs } from './authenticated/rowSealing.ts';
import { processIdOf, type Pool } from './database.ts';
import { snapshotOn, withConnection, type Transaction } from './transaction.ts';

/** The source of statements: a pool, or one that is watched. */
export type Statements = Pick<Pool, 'query'>;

/** CancelRequest, PostgreSQL protocol 3.0, §55.7 */
const cancelCode = 80_877_102;

/** @throws the signal's reason, once it is aborted */
export function untilAborted(pool: Pool, signal: AbortSignal): Statements {
  const query = async (statement: pg.QueryConfig | string, values?: unknown[]): Promise<unknown> => {
    signal.throwIfAborted();
    return withConnection(pool, async (client) => {
      const cancel = (): void => cancelStatement(client);
      signal.addEventListener('abort', cancel);
      try {
        return await (typeof statement === 'string'
          ? client.query(statement, values)
          : client.query(statement));
      } finally {
        signal.removeEventListener('abort', cancel);
        // a late cancel request must not reach the next statement of this connection
        if (signal.aborted) client.emit('error', new Error('cancelled'));
      }
    });
  };
  const statements = { query: query as Pool['query'] };
  sealAs(statements, pool);
  return statements;
}

/**
 * Reads in one snapshot for at most `maxMs` milliseconds: then the database cancels its statement, even if that statement has a longer time limit.
 * @throws the driver's error of a cancelled statement (`deadline`)
 */
export const inSnapshotWithin = <T>(
  pool: Pool,
  maxMs: number,
  work: (snapshot: Transaction) => Promise<T>,
): Promise<T> =>
  withConnection(pool, async (client) => {
    let repeats: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      cancelStatement(client);
      // a request that arrives between two statements cancels neither
      repeats = setInterval(() => cancelStatement(client), 250);
    }, maxMs);
    try {
      return await snapshotOn(client, work);
    } finally {
      clearTimeout(timer);
      clearInterval(repeats);
      if (repeats !== undefined) client.emit('error', new Error('cancelled'));
    }
  });

/** Uses a separate connection, as the protocol requires; the server does not report whether it came in time. */
function cancelStatement(client: pg.ClientBase): void {
  const secret = 'secretKey' in client ? client.secretKey : undefined;
  const processId = processIdOf(client);
  if (!(client instanceof pg.Client) || processId === undefined || typeof secret !== 'number') return;
  const { host, port } = client;
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(cancelCode, 4);
  message.writeInt32BE(processId, 8);
  message.writeInt32BE(secret, 12);
  socket.on('error', () => undefined);
  socket.setTimeout(5_000, () => socket.destroy());
  socket.end(message);
}
