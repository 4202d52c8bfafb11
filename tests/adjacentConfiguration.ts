import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseAddress } from '../hub/platform/database/connection.ts';
import type { TestHub } from './hub.ts';

/** A hub.json for verbs that work next to a hub, with its keys and its state. @param home folder that it is written to @param further members @returns its path */
export async function configurationInFolder(
  hub: TestHub,
  address: DatabaseAddress,
  home: string,
  further: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  assert.ok(typeof address === 'object', 'the cluster of tests');
  const { host, port, user, database: of } = address;
  const url = `postgres://${user}@localhost:${port}/${of}?host=${encodeURIComponent(host)}`;
  const path = join(home, `${of}.json`);
  const { stateDir } = hub;
  const hubJson = { name: 'yunxi', publicOrigin: 'https://localhost:8443', stateDir };
  const { keysDir } = hub.hub.config;
  await writeFile(
    path,
    JSON.stringify({ ...hubJson, keysDir, database: { url, durable: false }, ...further }),
  );
  return path;
}
