import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type HubConfig } from '../../../hub/platform/config/readConfig.ts';
import { urlOfDatabase } from '../../../hub/platform/database/connection.ts';
import { dropDatabase, ensureDatabase } from '../../../hub/platform/database/ensureDatabase.ts';

/** The hub's configuration; with DATABASE_URL a database of the demo's own on that server, dropped at the end. */
export async function demoConfig(
  folder: string,
  stored: boolean,
  closing: (() => Promise<void> | void)[],
): Promise<HubConfig> {
  const read = readConfig({
    name: 'yunxi',
    publicOrigin: 'https://localhost:8443',
    stateDir: mkdtempSync(join(folder, 'hub-')),
    // the story has few calls: its attempts are a burst all the same
    findings: { denials: 4 },
    listeners: {
      exchange: { host: '127.0.0.1', port: 8443 },
      open: { host: '127.0.0.1', port: 8444 },
      staff: { host: '127.0.0.1', port: 8445 },
      admin: { host: '127.0.0.1', port: 8446 },
    },
  });
  // a temporary demo need not survive a crash of the machine: no write waits for the disk
  const config = stored ? read : { ...read, database: { ...read.database, durable: false } };
  const { url } = config.database;
  if (url === undefined) return config;
  const name = `datong_demo_${process.pid}`;
  await ensureDatabase(url, name);
  closing.push(() => dropDatabase(url, name));
  return { ...config, database: { ...config.database, url: urlOfDatabase(url, name) } };
}
