/** Checks whether a hub would start: it runs what the start runs before it writes, and starts nothing. */
import { bucketState } from './flows/attachments/bucketState.ts';
import { missingProblem } from './flows/attachments/compareObjects.ts';
import type { Database } from './platform/database/database.ts';
import { Problem } from '../terms/problem.ts';
import type { HubConfig } from './platform/config/hubConfig.ts';
import { readContract } from './platform/http/contract/contract.ts';
import { openKeys } from './platform/keys/openKeys.ts';
import { startDatabase } from './startDatabase.ts';
import { entriesContradicted } from './registry/store/catalogueClocks.ts';
import { readRegistry } from './registry/snapshot.ts';
import { unopenedDatasets } from './registry/store/datasets.ts';
import { unfitRules, type UnfitRule } from './registry/eventRuleFault.ts';
import type { FailedDocument } from '../policies/standingPlans.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import { pendingMigrations } from './platform/database/migrate.ts';
import { verifyStart } from './verifyStart.ts';
import { baseline } from '../migrations/index.ts';
import { outageOf } from './platform/database/failure.ts';
import { refuseForeign } from './platform/database/connection.ts';
import { counted } from '../terms/counted.ts';

/**
 * @returns inconsistencies in the database that do not prevent a start, one sentence each
 * @param newHub its keys do not exist yet: the bootstrap makes them
 * @throws Problem of keys, database, log and authorities, as the start would
 */
export async function checkHub(
  config: HubConfig,
  { newHub }: { readonly newHub: boolean },
): Promise<readonly Bilingual[]> {
  readContract();
  const keys = newHub
    ? undefined
    : await openKeys(config.keysDir, { create: false, hubName: config.name, readOnly: true });
  const started = await startDatabase(config).catch((error: unknown) => {
    throw outageOf(error) ?? error;
  });
  try {
    const { database } = started;
    await refuseForeign(database.owner);
    const pending = await pendingMigrations(database);
    if (keys === undefined || pending.includes(baseline)) return [];
    const { isRecorded } = await verifyStart({ config, database, keys, isMigrated: pending.length === 0 });
    const notes = isRecorded ? [] : [unrecordedNote(config.stateDir)];
    if (pending.length > 0) return [...notes, migrationsNote(pending.length)];
    const { app } = database;
    notes.push(...(await bucketNotes(database, config)));
    const registry = await readRegistry(database, 0);
    const { failed, unreadable } = registry;
    notes.push(...failed.map(documentNote), ...[...unreadable].map(registrationNote));
    notes.push(...unfitRules(registry).map(ruleNote));
    const astray = await entriesContradicted(app, undefined);
    const contradicted = astray.map(({ entry, dataset }) => ({
      zh: `数据资源 ${dataset} 的共享属性与目录条目 ${entry} 不一致：由其部门修订条目`,
      en: `${dataset} is shared otherwise than the catalogue entry ${entry} says: its department revises the entry`,
    }));
    const named = new Set(astray.map(({ dataset }) => dataset));
    const unopened = [...(await unopenedDatasets(app))].filter((dataset) => !named.has(dataset));
    return [
      ...notes,
      ...contradicted,
      ...unopened.map((dataset) => ({
        zh: `数据资源 ${dataset} 登记为无条件共享，没有目录条目如此规定，按有条件共享办理：由其部门登记条目`,
        en: `${dataset} is registered as shared unconditionally and no catalogue entry says so, so it is shared on conditions: its department registers the entry`,
      })),
    ];
  } catch (error) {
    throw outageOf(error) ?? error;
  } finally {
    await started.stop();
  }
}

/** Attachments whose bytes are not in the bucket; a bucket that does not answer prevents no start. */
async function bucketNotes(database: Database, config: HubConfig): Promise<readonly Bilingual[]> {
  try {
    const { inBucket, missing, first } = await bucketState(database, config);
    if (missing === 0) return [];
    if (missing === undefined) return [unreadNote(inBucket)];
    const { text, next } = missingProblem({ inBucket, missing, first });
    return [{ zh: `${text.zh}。${next.zh}`, en: `${text.en}; ${next.en}` }];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [error.text];
  }
}

const unreadNote = (count: number): Bilingual => ({
  zh: `${count} 个附件在存储桶中，而 hub.json 没有 attachments.s3：无法读取它们`,
  en: `${counted(count, 'attachment is', 'attachments are')} in a bucket, and hub.json has no attachments.s3: they cannot be read`,
});

const documentNote = ({ name, fault, reason }: FailedDocument): Bilingual => ({
  zh: `文档 ${name} 不能使用（${fault}）${reason === undefined ? '' : `：${reason.zh}`}`,
  en: `the document ${name} is not used (${fault})${reason === undefined ? '' : `: ${reason.en}`}`,
});

const registrationNote = ([name, reason]: readonly [string, Bilingual]): Bilingual => ({
  zh: `${name} 不能按登记读取：${reason.zh}`,
  en: `${name} cannot be read as registered: ${reason.en}`,
});

const ruleNote = ({ reason }: UnfitRule): Bilingual => ({
  zh: `${reason.zh}。在此之前，它的事件留存待发`,
  en: `${reason.en}. Its events wait until then`,
});

const unrecordedNote = (stateDir: string): Bilingual => ({
  zh: `${stateDir} 中没有 log-high-water.json：无从核对数据库是否缺少已签发的条目。新加入的进程属正常；换机或恢复时请先放回原文件`,
  en: `${stateDir} has no log-high-water.json, so entries that the database lost would not be noticed. This is right for a new process of the hub; after a move or a restore put the former file there first`,
});

const migrationsNote = (count: number): Bilingual => ({
  zh: `数据库有 ${count} 项迁移待执行，启动时执行`,
  en: `the database lacks ${counted(count, 'migration')}: the start runs them`,
});
