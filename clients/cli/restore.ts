/**
 * `datong hub restore FILE`: restores an archive into an empty database; `--accept-older` where the archive is older than the signed state.
 */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { acceptOlder } from '../../hub/log/acceptOlder.ts';
import { newestHighWater } from '../../hub/log/highWater.ts';
import { openArchive } from './archiveContent.ts';
import { configurationIn } from './configurationIn.ts';
import type { HubKeys } from '../../hub/platform/keys/hubKeys.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { startDatabase } from '../../hub/startDatabase.ts';
import { readArchive, restore } from '../../hub/platform/backup/store/restore.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { counted } from '../../terms/counted.ts';

interface RestoreOptions {
  readonly config: string;
  readonly acceptOlder?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('restore')
    .description(
      '用 datong hub backup 的备份恢复到空数据库 / fill an empty database from an archive of datong hub backup',
    )
    .argument('[file]', 'archive; leave it out to accept the state that is there')
    .option('--config <file>', 'configuration', 'hub.json')
    .option(
      '--accept-older',
      'start although signed entries are lost; the old high-water file is retained and the decision is logged',
    )
    .option('--json', 'answer {at, entries, rows, known, accepted} as JSON')
    .addHelpText(
      'after',
      '\nStop the hub first. The whole archive is checked before anything is written.' +
        '\nWithout log-high-water.json in the state folder --accept-older is required.' +
        '\n\nExamples:\n  datong hub restore /backup/datong-2026-11-20.dtb\n  datong hub restore --accept-older',
    )
    .action(run);
}

async function run(file: string | undefined, options: RestoreOptions): Promise<void> {
  if (file === undefined && options.acceptOlder !== true) {
    throw new VerbFailure(exitCode.usage, {
      zh: '请给出备份文件，或用 --accept-older 接受现有状态',
      en: 'name an archive, or --accept-older for the state that is there',
    });
  }
  if (file !== undefined) await access(file);
  const config = configurationIn(options.config);
  const keys = await openKeys(config.keysDir, { create: false, hubName: config.name });
  const recorded = await newestHighWater(config.stateDir, keys.log.verifiers());
  const known = recorded?.size ?? 0;
  const isUnrecorded = recorded === undefined;
  if (isUnrecorded && options.acceptOlder !== true) throw noRecord(config.stateDir);
  const { database, stop } = await startDatabase(config);
  try {
    const restored = file === undefined ? undefined : await fill(resolve(file), keys, database);
    const accepted =
      options.acceptOlder === true
        ? await acceptOlder({ database, keys, stateDir: config.stateDir, isUnrecorded })
        : undefined;
    if (options.json === true) data(JSON.stringify({ ...restored, known, ...accepted }));
    else printRestored(restored, known, accepted);
  } finally {
    await stop();
  }
}

/** Without its record the hub would serve an archive as if nothing were lost. */
const noRecord = (stateDir: string): VerbFailure =>
  new VerbFailure(
    exitCode.refused,
    {
      zh: `${stateDir} 中没有 log-high-water.json：无从得知备份之后是否还签发过条目`,
      en: `${stateDir} has no log-high-water.json: whether entries were signed after the archive cannot be known`,
    },
    {
      zh: '从原状态目录复制 log-high-water.json、row-versions.json、log-erasures.json 和 log-destructions.json；已丢失时加 --accept-older，该决定记入日志',
      en: 'copy log-high-water.json, row-versions.json, log-erasures.json and log-destructions.json from the former state folder; if they are lost add --accept-older, which is logged',
    },
  );

interface Restored {
  readonly at: string;
  readonly entries: number;
  readonly rows: number;
}

async function fill(file: string, keys: HubKeys, database: Parameters<typeof restore>[0]): Promise<Restored> {
  const head = await openArchive(file, keys, readArchive);
  await openArchive(file, keys, (content) => restore(database, head, content));
  return { at: head.at, entries: head.entries, rows: head.rows };
}

function printRestored(
  restored: Restored | undefined,
  known: number,
  accepted: { readonly accepted: number } | undefined,
): void {
  if (restored !== undefined) {
    talk({
      zh: `已恢复 ${restored.at} 的状态：日志 ${restored.entries} 条，共 ${restored.rows} 行`,
      en: `restored the state of ${restored.at}: ${restored.entries} entries of the log, ${counted(restored.rows, 'row')} in all`,
    });
  }
  if (accepted !== undefined && known === 0) {
    talk({
      zh: `已接受：日志从第 ${accepted.accepted} 条继续，此前签发到多少条没有记录；该决定已记入日志`,
      en: `accepted: the log goes on at ${counted(accepted.accepted, 'entry', 'entries')}, and how many had been signed is not recorded; the log records the decision`,
    });
  } else if (accepted !== undefined) {
    talk({
      zh: `已接受：日志从第 ${accepted.accepted} 条继续（此前已签发到 ${known} 条），该决定已记入日志`,
      en: `accepted: the log goes on at ${counted(accepted.accepted, 'entry', 'entries')} (${known} had been signed); the log records the decision`,
    });
  } else if (restored !== undefined && restored.entries < known) {
    talk({
      zh: `此状态比已签发的检查点旧（${restored.entries} < ${known}），枢纽将拒绝提供服务。可换更新的备份，或运行 datong hub restore --accept-older`,
      en: `this state is older than what was signed (${restored.entries} < ${known}): the hub will refuse to serve. Restore a newer archive, or run datong hub restore --accept-older`,
    });
  }
}
