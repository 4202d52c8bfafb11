/**
 * `datong hub verify-backup FILE`: reads an archive to its end; with `--restore` restores it into a temporary database, verifies log and rows
 * there, and compares the log's root with the log that was signed. Neither the hub's database nor its state folder is changed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { beginPass, isOver, reverifyPortion } from '../../hub/log/evidence/reverifyPortion.ts';
import { newestHighWater } from '../../hub/log/highWater.ts';
import { checkContinues, verifyLog } from '../../hub/log/openAuditLog.ts';
import { readArchive, restore as fill } from '../../hub/platform/backup/store/restore.ts';
import type { HubKeys } from '../../hub/platform/keys/hubKeys.ts';
import { startPostgres, type RunningPostgres } from '../../hub/platform/postgres/startPostgres.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import type { HubConfig } from '../../hub/platform/config/hubConfig.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { bucketState, type BucketState } from '../../hub/flows/attachments/bucketState.ts';
import { missingProblem } from '../../hub/flows/attachments/compareObjects.ts';
import { countInS3, readyOnes } from '../../hub/flows/attachments/store/missing.ts';
import { nothingCompared, restoredRows } from '../../hub/restoredRows.ts';
import { startDatabase, type StartedDatabase } from '../../hub/startDatabase.ts';
import type { LogFinding } from '../../log/finding.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import { asIs, type Bilingual } from '../../terms/bilingual.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import { migrationNames } from '../../migrations/index.ts';
import { openArchive } from './archiveContent.ts';
import { configurationIn } from './configurationIn.ts';
import { exitCode, reportFindings, type CheckFinding } from './verb.ts';
import { counted } from '../../terms/counted.ts';

interface VerifyOptions {
  readonly config: string;
  readonly restore?: boolean;
  readonly json?: boolean;
}

/** Entries that are verified at once. */
const portion = 20_000;

export function register(program: Command): void {
  program
    .command('verify-backup')
    .description(
      '检验备份：读到末尾；--restore 恢复到临时数据库，核验日志和数据行 / verify an archive; --restore also restores it for a trial',
    )
    .argument('<file>', 'archive of datong hub backup')
    .option('--config <file>', 'configuration', 'hub.json')
    .option(
      '--restore',
      'restore into a temporary PostgreSQL on this machine, verify log and rows there, remove it',
    )
    .option(
      '--json',
      'answer {ok, findings, hub, at, entries, rows, signed, missing, roots, leftOut, attachments, seconds} as JSON',
    )
    .addHelpText(
      'after',
      '\nThe hub may serve at the same time. Its database and its state folder are not changed.' +
        '\n--restore needs the programs of PostgreSQL, and free space for the whole database in the folder for temporary files (TMPDIR).' +
        '\nIt exits 5 if the archive cannot be read, its log does not continue what was signed, a row was changed past the hub, or the bucket lost attachments.' +
        '\n\nExample:\n  datong hub verify-backup /backup/datong-2026-11-20.dtb --restore --json > report.json',
    )
    .action(run);
}

/** Seconds since a moment, with one decimal. */
const secondsSince = (begun: number): number => Math.round((performance.now() - begun) / 100) / 10;

async function run(file: string, options: VerifyOptions): Promise<void> {
  const archive = resolve(file);
  const config = configurationIn(options.config, { writesState: false });
  const keys = await openKeys(config.keysDir, { create: false, hubName: config.name, readOnly: true });
  const begun = performance.now();
  const head = await openArchive(archive, keys, readArchive);
  const read = secondsSince(begun);
  if (head.hub !== config.name)
    throw new Problem('backup_unreadable', { reason: asIs(`${head.hub} ≠ ${config.name}`) });
  const known = await newestHighWater(config.stateDir, keys.log.verifiers());
  const signed = known?.size;
  const missing = signed === undefined ? undefined : Math.max(0, signed - head.entries);
  const trial =
    options.restore === true ? await tryRestore({ archive, head, keys, known, config }) : undefined;
  const compared = trial && (await comparedTrial(config, keys, trial, known));
  const { at, entries, rows } = head;
  const { restore, verify, leftOut }: Partial<Trial> = trial ?? {};
  reportFindings(compared?.findings ?? [], {
    json: options.json === true,
    failure: exitCode.verification,
    facts: {
      hub: head.hub,
      at,
      entries,
      rows,
      signed,
      missing,
      roots: compared?.roots,
      leftOut,
      attachments: compared?.attachments,
      seconds: { read, restore, verify },
    },
    passed: passedText(head, { signed, missing, restore, leftOut, ...compared }),
  });
}

type Head = Awaited<ReturnType<typeof readArchive>>;

interface ToTry {
  readonly archive: string;
  readonly head: Head;
  readonly keys: HubKeys;
  /** the newest tree that this machine recorded */
  readonly known: TreeState | undefined;
  /** names the bucket of attachments */
  readonly config: HubConfig;
}

interface Trial {
  /** seconds of each part */
  readonly restore: number;
  readonly verify: number;
  readonly findings: readonly CheckFinding[];
  /** names of the tables whose rows were not compared */
  readonly leftOut: readonly string[];
  /** the records of attachments, compared with the bucket */
  readonly bucket: BucketState;
  /** the restored log; undefined if its head is not one that the hub sealed */
  readonly tree: TreeState | undefined;
}

/** Compares the restored log and the bucket of attachments with those of the hub. */
async function comparedTrial(
  config: HubConfig,
  keys: HubKeys,
  { tree, bucket, findings }: Trial,
  known: TreeState | undefined,
) {
  const roots = await comparedRoots(config, keys, tree, known);
  const lost = await lostAttachments(config, bucket);
  return {
    findings: [...findings, ...roots.findings, ...lost.findings],
    roots: roots.with,
    attachments: { inBucket: bucket.inBucket, missing: bucket.missing },
    bucket: lost.text,
  };
}

/** Starts a PostgreSQL in a temporary folder, restores into it, verifies the log there, and removes both. */
async function tryRestore(of: ToTry): Promise<Trial> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-verify-'));
  try {
    const server = await startPostgres({ stateDir, durable: false });
    try {
      return await inServer(server, stateDir, (database) => tryIn(database, of, stateDir));
    } finally {
      await server.destroy();
    }
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Opens a database of the server, and closes it; the server is the caller's. */
async function inServer<T>(
  server: RunningPostgres,
  stateDir: string,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = { connections: 4, durable: false, requireSynchronousStandby: false };
  const borrowed = Promise.resolve({ ...server, stop: () => Promise.resolve() });
  const started = await startDatabase({ stateDir, database }, { server: borrowed });
  try {
    return await use(started.database);
  } finally {
    await started.stop();
  }
}

async function tryIn(database: Database, of: ToTry, stateDir: string): Promise<Trial> {
  const begun = performance.now();
  await openArchive(of.archive, of.keys, (content) => fill(database, of.head, content));
  const restore = secondsSince(begun);
  const verifying = performance.now();
  const { tree, findings } = await verifiedLog(database, of, stateDir);
  const rows = await verifiedRows(database, of, stateDir);
  const { leftOut } = rows;
  const bucket = await bucketOfTrial(database, of.config);
  return {
    bucket,
    tree,
    findings: [...findings, ...rows.findings],
    leftOut,
    restore,
    verify: secondsSince(verifying),
  };
}

async function verifiedRows(
  database: Database,
  { head, keys }: ToTry,
  stateDir: string,
): Promise<Pick<Trial, 'findings' | 'leftOut'>> {
  if (head.entries === 0) return nothingCompared;
  const isOfThisRelease = migrationNames.every((name) => head.migrations.includes(name));
  try {
    return await restoredRows({ database, keys, stateDir, isOfThisRelease });
  } catch (error) {
    return { ...nothingCompared, findings: [findingOf(error)] };
  }
}

/**
 * Verifies every entry, the signed root, and that the log continues the recorded tree where it is as long.
 * @param stateDir a temporary one, which records no tree: the archive may be older than the hub's
 */
async function verifiedLog(
  database: Database,
  { keys, known }: ToTry,
  stateDir: string,
): Promise<Pick<Trial, 'findings' | 'tree'>> {
  let tree: TreeState | undefined;
  try {
    const audit = await verifyLog({ database, keys, stateDir });
    tree = audit.signedTree();
    if (known !== undefined && known.size <= tree.size) await checkContinues(database.app, tree, known);
    const access = { database, keys, audit };
    const findings: LogFinding[] = [];
    for (let pass = beginPass(access, 1); !isOver(pass);) {
      const read = await reverifyPortion(access, pass, portion);
      // a search index that could not be compared
      if (read.failures.length > 0) throw new AggregateError(read.failures);
      findings.push(...read.findings);
      pass = read.pass;
    }
    const reported = findings.map(({ code, message, index }) => ({
      code,
      message,
      ...defined({ path: index === undefined ? undefined : String(index) }),
    }));
    return { findings: reported, tree };
  } catch (error) {
    return { findings: [findingOf(error)], tree };
  }
}

/** @throws an error that is no Problem */
function findingOf(error: unknown): CheckFinding {
  if (!(error instanceof Problem)) throw error;
  return { code: error.code, message: error.text };
}

/** A store that does not answer is compared with nothing. */
async function bucketOfTrial(database: Database, config: HubConfig): Promise<BucketState> {
  try {
    return await bucketState(database, config);
  } catch (error) {
    findingOf(error);
    return { inBucket: await countInS3(database.app), first: [] };
  }
}

interface LostAttachments {
  readonly findings: readonly CheckFinding[];
  readonly text: Bilingual;
}

/**
 * The bucket goes on after the archive: files that were removed since are no finding. Those that the hub's database still has are lost.
 * Where that does not answer, a bucket that has none of them is.
 */
async function lostAttachments(config: HubConfig, bucket: BucketState): Promise<LostAttachments> {
  const { inBucket, missing, first } = bucket;
  const passed = (text: Bilingual): LostAttachments => ({ findings: [], text });
  if (inBucket === 0) return passed({ zh: '', en: '' });
  if (missing === undefined)
    return passed({
      zh: `；${inBucket} 个附件在存储桶中，未核对：hub.json 没有 attachments.s3，或存储没有应答`,
      en: `; ${inBucket} attachments are in a bucket and were not compared: hub.json has no attachments.s3, or the store did not answer`,
    });
  if (missing === 0)
    return passed({
      zh: `；存储桶中的 ${inBucket} 个附件都在`,
      en: `; all ${inBucket} attachments in the bucket are there`,
    });
  const started = await reachedDatabase(config);
  try {
    const still = started === undefined ? undefined : await readyOnes(started.database.app, first);
    const lost = still ?? (missing === inBucket ? first : []);
    if (lost.length > 0)
      return { findings: [lostFinding(lost, still && inBucket)], text: { zh: '', en: '' } };
    const names = `${first.slice(0, maxNamed).join(', ')}${missing > maxNamed ? ' …' : ''}`;
    return passed(
      still === undefined
        ? {
            zh: `；存储桶缺少 ${inBucket} 个附件中的 ${missing} 个（${names}），其中包括备份之后删除的：枢纽数据库未应答，无从区分`,
            en: `; the bucket lacks ${missing} of ${inBucket} attachments (${names}), those that were removed since the archive included: the hub's database did not answer`,
          }
        : {
            zh: `；存储桶缺少 ${inBucket} 个附件中的 ${missing} 个，均为备份之后由枢纽删除：${names}`,
            en: `; the bucket lacks ${missing} of ${inBucket} attachments: the hub removed them since the archive: ${names}`,
          },
    );
  } finally {
    await started?.stop();
  }
}

/** @param lost ids, of which there may be more @param of the number of all; undefined: all are lost */
function lostFinding(lost: readonly string[], of = lost.length): CheckFinding {
  const { code, text, next } = missingProblem({ inBucket: of, missing: lost.length, first: lost });
  return {
    code,
    message: { zh: `${text.zh}。${next.zh}`, en: `${text.en}; ${next.en}` },
    ...defined({ path: lost[0] }),
  };
}

/** With what the root of the restored log was compared: the record of the state folder, or the log of the hub's database. */
type ComparedWith = 'record' | 'database' | 'nothing';

interface ComparedRoots {
  readonly with: ComparedWith;
  readonly findings: readonly CheckFinding[];
}

/**
 * An archive that is older than what was signed says nothing by its number of entries: it may be of another continuation of the log. The
 * hub's log must continue it. Nothing is compared where the hub's database does not answer, or is in a server of the hub's own: this
 * command starts none, since a start changes the state folder. A database whose log is not the one that was signed is a finding.
 */
async function comparedRoots(
  config: HubConfig,
  keys: HubKeys,
  tree: TreeState | undefined,
  known: TreeState | undefined,
): Promise<ComparedRoots> {
  if (tree === undefined || known === undefined) return { with: 'nothing', findings: [] };
  if (known.size <= tree.size) return { with: 'record', findings: [] };
  const started = await reachedDatabase(config);
  if (started === undefined) return { with: 'nothing', findings: [] };
  const { database, stop } = started;
  try {
    const log = await verifyLog({ database, keys, stateDir: config.stateDir });
    return { with: 'database', findings: await differences(database, log.signedTree(), tree) };
  } catch (error) {
    return { with: 'nothing', findings: [ofHub(findingOf(error))] };
  } finally {
    await stop();
  }
}

/** The database that the configuration names; undefined where it names none, or does not answer. */
async function reachedDatabase(config: HubConfig): Promise<StartedDatabase | undefined> {
  if (config.database.url === undefined) return undefined;
  try {
    return await startDatabase(config);
  } catch (error) {
    findingOf(error);
    return undefined;
  }
}

/** The same finding, as one of the database that the configuration names and not of the archive. */
const ofHub = ({ code, message }: CheckFinding): CheckFinding => ({
  code,
  message: {
    zh: `枢纽自己的数据库不能用来比对：${message.zh}`,
    en: `the hub's own database cannot be compared with: ${message.en}`,
  },
  path: 'database',
});

async function differences(
  { app }: Database,
  tree: TreeState,
  restored: TreeState,
): Promise<readonly CheckFinding[]> {
  try {
    await checkContinues(app, tree, restored);
    return [];
  } catch (error) {
    return [findingOf(error)];
  }
}

const comparedText: Readonly<Record<ComparedWith, Bilingual>> = {
  record: { zh: '与状态目录所记的根一致', en: 'its root is the recorded one' },
  database: { zh: '枢纽数据库中的日志接续其根', en: "the log in the hub's database continues its root" },
  nothing: {
    zh: '其根没有可比对的对象：没有 log-high-water.json，或枢纽数据库未应答，或 hub.json 没有写明 database.url（本命令不启动枢纽自带的数据库）',
    en: "its root was compared with nothing: there is no log-high-water.json, or the hub's database did not answer, or hub.json names no database.url (this command does not start the hub's own server)",
  },
};

/** Maximum of tables that the text names; the JSON names all. */
const maxNamed = 5;

function comparedRowsText(leftOut: readonly string[]): Bilingual {
  if (leftOut.length === 0)
    return { zh: '日志和有封印的行均核验无误', en: 'the log and the sealed rows are verified' };
  const [more, names] = [leftOut.length > maxNamed, leftOut.slice(0, maxNamed)];
  return {
    zh: `日志核验无误，未核验 ${leftOut.length} 个表的行（备份中没有其封印或摘要，例如旧版本的备份）：${names.join('、')}${more ? '……' : ''}`,
    en: `the log is verified, the rows of ${leftOut.length} tables are NOT verified (the archive has no seals or digests of them, as one of an older release): ${names.join(', ')}${more ? ' …' : ''}`,
  };
}

/** What the archive holds, and what a restore of it would lose. */
function passedText(
  { at, entries, rows }: Head,
  found: {
    readonly signed: number | undefined;
    readonly missing: number | undefined;
    readonly restore?: number | undefined;
    readonly roots?: ComparedWith | undefined;
    readonly leftOut?: readonly string[] | undefined;
    /** the attachments in the bucket */
    readonly bucket?: Bilingual | undefined;
  },
): Bilingual {
  const { signed, missing, restore, roots, leftOut = [], bucket = { zh: '', en: '' } } = found;
  const trial =
    restore === undefined
      ? { zh: '', en: '' }
      : {
          zh: `；试恢复用时 ${restore} 秒，${comparedRowsText(leftOut).zh}，${comparedText[roots ?? 'nothing'].zh}${bucket.zh}`,
          en: `; restored for a trial in ${restore} s, ${comparedRowsText(leftOut).en}, and ${comparedText[roots ?? 'nothing'].en}${bucket.en}`,
        };
  const gap =
    signed === undefined
      ? {
          zh: '状态目录中没有 log-high-water.json，无从得知此后签发了多少条',
          en: 'the state folder has no log-high-water.json, so the number of later entries is not known',
        }
      : {
          zh: `此后签发的 ${missing} 条（至 ${signed} 条）不在其中`,
          en: `entries that were signed later and are not in it: ${missing} (${signed} in all)`,
        };
  return {
    zh: `备份可读：${at} 的状态，日志 ${entries} 条，共 ${rows} 行${trial.zh}；${gap.zh}`,
    en: `the archive is readable: the state of ${at}, ${entries} entries of the log, ${counted(rows, 'row')} in all${trial.en}; ${gap.en}`,
  };
}
