/** Starts the hub's own PostgreSQL while the hub's code loads, because both take time. */
import { existsSync } from 'node:fs';
import type { HubConfig } from './platform/config/hubConfig.ts';
import { startPostgres, type RunningPostgres } from './platform/postgres/startPostgres.ts';
import { recordFile } from './platform/postgres/stateRecord.ts';

type OwnPlace = Pick<HubConfig, 'stateDir' | 'database'>;

/**
 * Does the work while the server starts, and stops the server if the work fails. The work passes the server to `startDatabase`. The work
 * gets no server where an external database is configured, and for a hub that never ran: nothing is created before its keys have been
 * checked.
 */
export async function withServerAhead<T>(
  config: OwnPlace,
  work: (server: Promise<RunningPostgres> | undefined) => Promise<T>,
): Promise<T> {
  if (config.database.url !== undefined || !existsSync(recordFile(config.stateDir))) return work(undefined);
  const { server } = await serverLaunched(config);
  try {
    return await work(server);
  } catch (error) {
    await server.then(
      (running) => running.stop(),
      () => undefined, // the error of the work, which the work reports
    );
    throw error;
  }
}

/**
 * Resolves once the server's process has started: finding its programs takes many small steps, each of which would wait for the work. A
 * failure is reported where the server is awaited.
 */
export function serverLaunched({
  stateDir,
  database: { flavour, durable },
}: OwnPlace): Promise<{ readonly server: Promise<RunningPostgres> }> {
  return new Promise((resolve) => {
    const launched = (): void => resolve({ server });
    const server = startPostgres({ stateDir, flavour, durable, launched });
    server.then(launched, launched);
  });
}
