/** The hub's own PostgreSQL takes its time to start, and so does reading the hub's code: side by side. */
import { existsSync } from 'node:fs';
import type { HubConfig } from './platform/config/hubConfig.ts';
import { startPostgres, type RunningPostgres } from './platform/postgres/startPostgres.ts';
import { recordFile } from './platform/postgres/stateRecord.ts';

type OwnPlace = Pick<HubConfig, 'stateDir' | 'database'>;

/**
 * Does the work while the server starts, which is to be handed to `startDatabase`; stops it where the work fails. Undefined where another's
 * database is named, and for a hub that never ran: nothing is made before its keys have been looked at.
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
      () => undefined, // the error of the work, told by it
    );
    throw error;
  }
}

/**
 * The server once its process has been begun: to find its programs takes many small steps, each of which would wait for the work. A failure is
 * told where the server is awaited.
 */
export function serverLaunched({
  stateDir,
  database: { flavour, durable },
}: OwnPlace): Promise<{ readonly server: Promise<RunningPostgres> }> {
  return new Promise((resolve) => {
    const tell = (): void => resolve({ server });
    const server = startPostgres({ stateDir, flavour, durable, launched: tell });
    server.then(tell, tell);
  });
}
