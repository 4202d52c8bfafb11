import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { HubConfig } from '../../hub/platform/config/hubConfig.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { exitCode, VerbFailure } from './verb.ts';

interface Use {
  /** false: the verb writes no file of the hub, so that root may run it */
  readonly writesState: boolean;
  /** user id of this process (default: its own) */
  readonly uid?: number | undefined;
}

/**
 * A hub's configuration, for verbs on the hub's own machine.
 * @throws VerbFailure where there is none, and where root would write files that the service's user cannot read; Problem
 *   configuration_invalid
 */
export function configurationIn(
  file: string,
  { writesState, uid = process.getuid?.() }: Use = { writesState: true },
): HubConfig {
  if (!existsSync(file)) throw noConfiguration(file);
  const config = readConfig(file);
  if (writesState && uid === 0) refuseRoot(config);
  return config;
}

/** Files that root makes in a folder of the service's user are root's alone (0600), and the service would not start with them. */
function refuseRoot({ stateDir, keysDir }: HubConfig): void {
  for (const folder of [stateDir, keysDir]) {
    // a folder that does not exist yet is made in the nearest one that does
    const { uid: owner, gid } = statSync(existing(folder));
    if (owner === 0) continue;
    const name = userNamed(owner);
    const user = name ?? `#${owner}`;
    const as =
      name === undefined
        ? `setpriv --reuid=${owner} --regid=${gid} --clear-groups --`
        : `runuser -u ${name} --`;
    const ownCommand = process.argv.slice(2).map(quoted).join(' ');
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `${folder} 属于用户 ${user}；以 root 运行会写出该用户读不了的文件`,
        en: `${folder} belongs to the user ${user}, who could not read what root writes there`,
      },
      {
        zh: `以该用户运行：${as} datong ${ownCommand}`,
        en: `run it as that user: ${as} datong ${ownCommand}`,
      },
    );
  }
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

function existing(folder: string): string {
  let found = resolve(folder);
  while (!existsSync(found)) found = dirname(found);
  return found;
}

function userNamed(uid: number): string | undefined {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  return users
    .split('\n')
    .find((line) => line.split(':')[2] === String(uid))
    ?.split(':')[0];
}

const noConfiguration = (file: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `没有配置文件 ${file}`, en: `there is no configuration ${file}` },
    {
      zh: '在写有 hub.json 的文件夹里运行，或以 --config 指明；新枢纽先运行 datong init',
      en: 'run it in the folder of hub.json or name it with --config; a new hub begins with datong init',
    },
  );
