/**
 * A forked process of a hub that appends on request: `appender.ts PLACE`. A message is a duration in milliseconds, the answer entries a
 * second.
 */
import { once } from 'node:events';
import { openAuditLog } from '../../hub/log/openAuditLog.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { eventsPerSecond } from './rate.ts';
import type { DatabaseAddress } from '../../hub/platform/database/connection.ts';

export interface AppenderPlace {
  readonly address: DatabaseAddress;
  readonly keysDir: string;
  readonly stateDir: string;
  readonly callers: number;
}

const { address, keysDir, stateDir, callers } = JSON.parse(process.argv[2] ?? '') as AppenderPlace;
const keys = await openKeys(keysDir, { create: false, hubName: 'bench' });
const database = await openDatabase(address, { connections: 10 });
const log = await openAuditLog({ database, keys, stateDir });
process.send?.(0);
for (;;) {
  const [milliseconds] = (await once(process, 'message')) as [number];
  process.send?.(await eventsPerSecond((draft) => log.append(draft), callers, milliseconds, log.epoch()));
}
