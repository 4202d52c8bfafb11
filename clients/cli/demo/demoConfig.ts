import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type ConfigDocument, type HubConfig } from '../../../hub/platform/config/readConfig.ts';
import { urlOfDatabase } from '../../../hub/platform/database/connection.ts';
import { dropDatabase, ensureDatabase } from '../../../hub/platform/database/ensureDatabase.ts';
import { readBoundedText } from '../boundedFile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** Members of hub.json that the viewer may give: how the hub reaches their own endpoints. The demo sets the others. */
const viewers: readonly string[] = ['services', 'webhooks'];
const maxBytes = 65_536;

/**
 * Members of hub.json in a file of the viewer. Paths in it are relative to the working directory.
 * @throws VerbFailure for a member that the demo sets (exit 2), or an unreadable file; SyntaxError for invalid JSON
 */
function viewersMembers(file: string): ConfigDocument {
  const document = (JSON.parse(readBoundedText(file, maxBytes)) as ConfigDocument | null) ?? {};
  const other = Object.keys(document).find((key) => !viewers.includes(key));
  if (other === undefined) return document;
  throw new VerbFailure(
    exitCode.usage,
    {
      zh: `${file} 中的 ${other} 由演示决定；只可写 ${viewers.join('、')}`,
      en: `the demo sets ${other} itself; ${file} may have ${viewers.join(' and ')}`,
    },
    {
      zh: '去掉该项；需要完整配置的枢纽请用 datong init',
      en: 'leave it out; for a hub with a configuration of your own use datong init',
    },
  );
}

/** What the hub of a demo is configured by. */
interface DemoChoices {
  readonly folder: string;
  /** the demo remains in its folder */
  readonly stored: boolean;
  /** file with `services` and `webhooks` of hub.json */
  readonly configFile: string | undefined;
  readonly closing: (() => Promise<void> | void)[];
}

/**
 * The hub's configuration; with DATABASE_URL a database of the demo's own on that server, dropped at the end.
 * @throws VerbFailure for the file of the viewer; Problem configuration_invalid
 */
export async function demoConfig({ folder, stored, configFile, closing }: DemoChoices): Promise<HubConfig> {
  const read = readConfig({
    ...(configFile === undefined ? {} : viewersMembers(configFile)),
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
