/**
 * `datong hub restore FILE`: restores an archive into an empty database; `--accept-older` where the archive is older than the signed state,
 * `--claim-bucket` where this hub is to use the bucket of attachments from then on.
 */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  claimBucket,
  disownBucket,
  isBucketDisowned,
  type BucketState,
} from '../../hub/flows/attachments/bucketState.ts';
import { missingProblem } from '../../hub/flows/attachments/compareObjects.ts';
import { acceptOlder } from '../../hub/log/acceptOlder.ts';
import { newestHighWater } from '../../hub/log/highWater.ts';
import { openArchive } from './archiveContent.ts';
import { configurationIn } from './configurationIn.ts';
import { countInS3 } from '../../hub/flows/attachments/store/missing.ts';
import type { HubConfig } from '../../hub/platform/config/hubConfig.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import type { HubKeys } from '../../hub/platform/keys/hubKeys.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { startDatabase } from '../../hub/startDatabase.ts';
import { readArchive, restore } from '../../hub/platform/backup/store/restore.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { counted } from '../../terms/counted.ts';
import { Problem } from '../../terms/problem.ts';

interface RestoreOptions {
  readonly config: string;
  readonly acceptOlder?: boolean;
  readonly claimBucket?: boolean;
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
    .option(
      '--claim-bucket',
      'upload to the bucket of attachments and delete there from now on; a hub that did so before no longer does; the decision is logged',
    )
    .option('--json', 'answer {at, entries, rows, known, accepted, claimed} as JSON')
    .addHelpText(
      'after',
      '\nStop the hub first. The whole archive is checked before anything is written.' +
        '\nWithout log-high-water.json in the state folder --accept-older is required.' +
        '\n\nExamples:\n  datong hub restore /backup/datong-2026-11-20.dtb\n  datong hub restore --accept-older --claim-bucket',
    )
    .action(run);
}

async function run(file: string | undefined, options: RestoreOptions): Promise<void> {
  const { acceptOlder: accepts = false, claimBucket: claims = false } = options;
  const config = await configurationFor(file, options);
  const keys = await openKeys(config.keysDir, { create: false, hubName: config.name });
  const recorded = await newestHighWater(config.stateDir, keys.log.verifiers());
  const known = recorded?.size ?? 0;
  const isUnrecorded = recorded === undefined;
  if (isUnrecorded && !accepts) throw noRecord(config.stateDir);
  const { database, stop } = await startDatabase(config);
  try {
    const restored = file === undefined ? undefined : await fill(resolve(file), keys, database);
    const log = { database, keys, stateDir: config.stateDir };
    if (restored !== undefined && options.json !== true) printRestored(restored);
    const accepted = accepts
      ? await acceptOlder({ ...log, isUnrecorded, disown: () => disownBucket(database.owner) }).catch(
          (error: unknown) => nothingLost(error, restored),
        )
      : undefined;
    const claimed = claims ? await claimBucket(log, config) : undefined;
    if (options.json === true)
      data(JSON.stringify({ ...restored, known, ...accepted, ...numbersOf(claimed) }));
    else printState(restored, known, accepted);
    if (claimed === undefined) await printBucket(database, config);
    else if (options.json !== true) printClaimed(claimed);
  } finally {
    await stop();
  }
}

/** @throws VerbFailure where nothing is to be done, or it cannot be */
async function configurationFor(file: string | undefined, options: RestoreOptions): Promise<HubConfig> {
  const { acceptOlder: accepts = false, claimBucket: claims = false, config: path } = options;
  if (file === undefined && !accepts && !claims) throw nothingToDo();
  if (file !== undefined) await access(file);
  const config = configurationIn(path);
  if (claims && config.attachments.s3 === undefined) throw noBucket(path);
  return config;
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

const nothingToDo = (): VerbFailure =>
  new VerbFailure(exitCode.usage, {
    zh: '请给出备份文件；或用 --accept-older 接受现有状态，用 --claim-bucket 启用附件存储桶',
    en: 'name an archive; or --accept-older for the state that is there, or --claim-bucket for the bucket of attachments',
  });

const noBucket = (file: string): VerbFailure =>
  new VerbFailure(exitCode.usage, {
    zh: `${file} 没有写明附件存储桶（attachments.s3）`,
    en: `${file} names no bucket of attachments (attachments.s3)`,
  });

interface Restored {
  readonly at: string;
  readonly entries: number;
  readonly rows: number;
}

async function fill(file: string, keys: HubKeys, database: Parameters<typeof restore>[0]): Promise<Restored> {
  const head = await openArchive(file, keys, readArchive);
  // the hub that made the archive may have gone on
  await openArchive(file, keys, (content) => restore(database, head, content, disownBucket));
  return { at: head.at, entries: head.entries, rows: head.rows };
}

/** An archive without a loss leaves nothing to accept; the restore is done. @throws the error, where nothing was restored or it is another */
function nothingLost(error: unknown, restored: Restored | undefined): undefined {
  if (restored === undefined || !(error instanceof Problem) || error.code !== 'restore_refused') throw error;
  talk({
    zh: '没有丢失任何已签发的条目：--accept-older 无须接受什么',
    en: 'no signed entry is lost: there was nothing for --accept-older to accept',
  });
}

const printRestored = ({ at, entries, rows }: Restored): void =>
  talk({
    zh: `已恢复 ${at} 的状态：日志 ${entries} 条，共 ${rows} 行`,
    en: `restored the state of ${at}: ${counted(entries, 'entry', 'entries')} of the log, ${counted(rows, 'row')} in all`,
  });

/** Where the log goes on, or why the hub will refuse to serve. */
function printState(
  restored: Restored | undefined,
  known: number,
  accepted: { readonly accepted: number } | undefined,
): void {
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

const numbersOf = (claimed: BucketState | undefined): object =>
  claimed === undefined ? {} : { claimed: { inBucket: claimed.inBucket, missing: claimed.missing } };

function printClaimed(state: BucketState): void {
  const { inBucket, missing = 0 } = state;
  talk({
    zh: `本枢纽自此在附件存储桶中上传和删除，此前使用它的枢纽不再写入；日志已记录此决定。有记录的附件 ${inBucket} 个`,
    en: `this hub uploads and deletes in the bucket of attachments from now on, a hub that did so before no longer does; the log records the decision. Attachments with records: ${inBucket}`,
  });
  if (missing > 0) printMissing(state);
}

function printMissing({ inBucket, missing = 0, first }: BucketState): void {
  const { text, next } = missingProblem({ inBucket, missing, first });
  talk({ zh: `${text.zh}。${next.zh}`, en: `${text.en}; ${next.en}` });
}

/** What the operator does about attachments that are not in the archive. */
async function printBucket(database: Database, config: HubConfig): Promise<void> {
  const { s3 } = config.attachments;
  const inBucket = await countInS3(database.app);
  if (inBucket === 0) {
    if (s3 === undefined || !(await isBucketDisowned(database))) return;
    talk({
      zh: `在执行 datong hub restore --claim-bucket 之前，本枢纽不在存储桶 ${s3.bucket} 中上传或删除：原枢纽可能还在使用它`,
      en: `this hub uploads and deletes nothing in the bucket ${s3.bucket} until datong hub restore --claim-bucket: the former hub may still use it`,
    });
    return;
  }
  if (s3 === undefined) {
    talk({
      zh: `${inBucket} 个附件在存储桶中，不在备份里，而 hub.json 没有 attachments.s3：本枢纽读不到它们`,
      en: `${inBucket} attachments are in a bucket and not in the archive, and hub.json has no attachments.s3: this hub cannot read them`,
    });
    return;
  }
  talk({
    zh: `${inBucket} 个附件在存储桶 ${s3.bucket} 中，不在备份里。本枢纽读取它们，但在执行 datong hub restore --claim-bucket 之前不在其中上传或删除：原枢纽可能还在使用它`,
    en: `${inBucket} attachments are in a bucket and not in the archive. This hub reads them, but uploads and deletes nothing in the bucket ${s3.bucket} until datong hub restore --claim-bucket: the former hub may still use it`,
  });
}
