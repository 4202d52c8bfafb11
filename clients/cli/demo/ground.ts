/** What the demo stands on: a folder, and the hub's configuration. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubConfig } from '../../../hub/platform/config/hubConfig.ts';
import type { RunningPostgres } from '../../../hub/platform/postgres/startPostgres.ts';
import { serverLaunched } from '../../../hub/serverAhead.ts';
import { demoConfig } from './demoConfig.ts';
import { keptFolder } from './keptFolder.ts';

export interface Ground {
  readonly folder: string;
  /** it stays when the demo has ended */
  readonly kept: boolean;
  readonly config: HubConfig;
  /** the hub's database on its way, where DATABASE_URL names none */
  readonly server: Promise<RunningPostgres> | undefined;
  /** what is done at the end, the last first */
  readonly closing: (() => Promise<void> | void)[];
  close(): Promise<void>;
}

/**
 * A database is made while the hub's code is read.
 * @param keep folder that stays; absent: a temporary one, removed at the end
 * @throws VerbFailure where the folder will not do; Problem of configuration or database
 */
export async function layGround(keep?: string): Promise<Ground> {
  const kept = keep !== undefined;
  const folder = kept ? keptFolder(keep) : mkdtempSync(join(tmpdir(), 'datong-demo-'));
  // a root's database runs as another user, who passes through this folder; what lies in it is closed to others
  chmodSync(folder, 0o711);
  const closing: Ground['closing'] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    if (!kept) closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const config = await demoConfig(folder, kept, closing);
    if (config.database.url !== undefined) return { folder, kept, config, server: undefined, closing, close };
    const { server } = await serverLaunched(config);
    closing.push(async () => {
      // one that never ran was told to whoever awaited it
      const running = await server.catch(() => undefined);
      await (kept ? running?.stop() : running?.destroy());
    });
    return { folder, kept, config, server, closing, close };
  } catch (error) {
    await close();
    throw error;
  }
}
