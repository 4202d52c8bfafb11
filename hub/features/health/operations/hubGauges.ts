import { statfs } from 'node:fs/promises';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import type { LiveProviders } from '../../../flows/live/liveProviders.ts';
import { authorityDays, daysUntil, departmentsEnding } from './authorityState.ts';
import { checkResults } from './readyz.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import type { Services } from '../../common/services.ts';
import { serverFigures } from '../store/serverFigures.ts';
import { countOverdue } from '../../duties/store/duties.ts';
import { countOverdueRisks } from '../../risks/store/risks.ts';
import { unreachedAfterMs } from '../../../domain/reminder.ts';
import type { StoredFigure } from './timedCount.ts';
import { reminderFigures } from '../../reminders/store/reminders.ts';
import { countKeysInDoubt } from '../../../identity/store/keyApprovals.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { knownPass } from '../../../log/evidence/reverifyPortion.ts';
import { chunkSize } from '../../../log/search/places.ts';
import { countUnposted } from '../../../log/store/postings.ts';
import { countTiles, tileWidth } from '../../../log/store/tiles.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { jobLateSeconds, listJobs } from '../../../platform/jobs/store/jobs.ts';

/* Lag of the log's readers, in entries. Each is a count in an index, because metrics are read every few seconds. */

/** Entries of full hash tiles that are not derived yet. @param size of the log */
const tilesBehind = async (reader: Reader, size: number): Promise<number> =>
  (Math.floor(size / tileWidth) - (await countTiles(reader, 0, Math.floor(size / tileWidth)))) * tileWidth;

/** Entries of whole chunks missing in the search index: not yet indexed, or removed by an alteration. */
const indexBehind = async (reader: Reader): Promise<number> => (await countUnposted(reader)) * chunkSize;

/** Entries that the current verification of the whole log must still verify; NaN before the first run. */
async function verificationBehind(database: Pick<Services['database'], 'app' | 'now'>): Promise<number> {
  const pass = await knownPass(database.app, database.now());
  return pass === undefined ? NaN : pass.size - pass.next;
}

/** The value of a gauge, or one for each value of its label. */
export type Figure = number | ReadonlyMap<string, number>;

export interface Gauge {
  readonly help: string;
  /** of a gauge with several values */
  readonly label?: string;
  /** @returns NaN if it is not known yet */
  readonly value: () => Figure | Promise<Figure>;
}

/** A result of a readiness check as a number: 0 ok, 1 degraded, 2 failing. */
function levelOf(result: string): number {
  if (result === 'ok') return 0;
  return result.startsWith('degraded') ? 1 : 2;
}

async function readinessLevels(services: Services): Promise<Figure> {
  const checks = Object.entries(await checkResults(services));
  return new Map(checks.map(([name, result]) => [name, levelOf(result)]));
}

/** Seconds since each job was due; 0 while it runs. A job of the hub that no process runs grows late. */
async function lateSeconds({ database }: Pick<Services, 'database'>): Promise<Figure> {
  const now = database.now();
  const jobs = await listJobs(database.app);
  return new Map(jobs.map((job) => [job.name, jobLateSeconds(job, now)]));
}

/** Free bytes of the disks that are on this machine. */
async function freeBytes(stateDir: string, { database }: Pick<Services, 'database'>): Promise<Figure> {
  const { bavail, bsize } = await statfs(stateDir);
  const room = await database.storage.room();
  return new Map([['state', bavail * bsize], ...(room === undefined ? [] : [['database', room] as const])]);
}

/** Gauges that are read at the same time share one query. */
function sharedWhileRead<T>(read: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => (underWay ??= read().finally(() => (underWay = undefined)));
}

/** What the gauges read in addition to the services. */
export interface GaugeSources {
  readonly audit: Pick<OpenedAuditLog, 'size' | 'waiting'>;
  readonly live: Pick<LiveProviders, 'count' | 'paused'>;
  /** cached in memory, because counting it reads whole inboxes */
  readonly overdue: Pick<StoredFigure, 'value'>;
  readonly stateDir: string;
  /** Unix milliseconds of the newest archive; undefined where none was recorded */
  readonly lastBackup: () => Promise<number | undefined>;
}

/** Gauges of the whole hub, by name. They are computed when metrics are read, so each count is cheap. */
export function hubGauges(
  services: Services,
  { audit, live, overdue, stateDir, lastBackup }: GaugeSources,
): Readonly<Record<string, Gauge>> {
  const { database, keys, identity } = services;
  const server = sharedWhileRead(() => serverFigures(database.app));
  return {
    log_entries: { help: 'entries of the audit log', value: () => audit.size() },
    log_waiting: {
      help: 'entries that this process has taken and not yet made durable',
      value: () => audit.waiting(),
    },
    database_waiting: {
      help: 'statements of this process that wait for a connection to the database',
      value: () => database.app.waitingCount + database.owner.waitingCount,
    },
    log_tiles_behind: {
      help: 'entries of the log whose hash tile is full and not derived yet',
      value: () => tilesBehind(database.app, audit.size()),
    },
    log_index_behind: {
      help: 'entries of the log, by whole chunks, that the search index does not have',
      value: () => indexBehind(database.app),
    },
    log_verification_behind: {
      help: 'entries that the reading of the whole log which is under way has yet to verify',
      value: () => verificationBehind(database),
    },
    readiness: {
      help: 'checks of readiness: 0 ok, 1 degraded, 2 failing',
      label: 'check',
      value: () => readinessLevels(services),
    },
    job_late_seconds: {
      help: 'seconds since a job of the whole hub was due; 0 while it runs',
      label: 'job',
      value: () => lateSeconds(services),
    },
    database_bytes: {
      help: 'size of the database with its indexes',
      value: async () => (await server()).bytes,
    },
    database_connections: {
      help: 'connections of all programs to the database',
      value: async () => (await server()).connections,
    },
    database_max_connections: {
      help: 'connections that the server accepts, for all its databases',
      value: async () => (await server()).maxConnections,
    },
    disk_free_bytes: {
      help: 'free bytes of the disk of the state folder, and of the database where it is on this machine',
      label: 'disk',
      value: () => freeBytes(stateDir, services),
    },
    backup_last_success_seconds: {
      help: 'Unix time of the state in the newest archive of datong hub backup that this machine wrote',
      value: async () => ((await lastBackup()) ?? NaN) / 1_000,
    },
    listener_certificate_days: {
      help: 'days until the certificate of the listeners ends',
      value: () => daysUntil(identity.validity().certificate, database.now()),
    },
    working_calendar_days: {
      help: 'days until the calendar of working days ends: deadlines after it are provisional',
      value: () => daysUntil(Date.parse(`${chinaWorkingCalendar.until}T24:00:00+08:00`), database.now()),
    },
    department_certificates_ending: {
      help: 'certificates of departments that end within 30 days',
      value: () => departmentsEnding(identity, database.now()),
    },
    keys_waiting: {
      help: 'further keys of departments that wait for a second person',
      value: async () => (await countKeysInDoubt(database.app)).waiting,
    },
    keys_objected: {
      help: 'keys that their department objects to',
      value: async () => (await countKeysInDoubt(database.app)).objected,
    },
    authority_days: {
      help: 'days until the intermediate authority or the revocation list of the root ends, whichever ends first',
      value: () => authorityDays(keys.authority, database.now()),
    },
    duties_overdue: {
      help: 'statements that consumers owe and whose day has passed',
      value: () => countOverdue(database.app, dayInChina(database.now())),
    },
    datasets_silent: {
      help: 'datasets whose expected batch did not come',
      value: async () => (await silentDatasets(database.app, database.now())).length,
    },
    reminders_waiting: {
      help: 'reminders that no server has taken yet',
      value: async () => (await reminderFigures(database.app, database.now() - unreachedAfterMs)).waiting,
    },
    reminders_unreached: {
      help: 'addresses that have accepted no reminder for a quarter of an hour',
      value: async () => (await reminderFigures(database.app, database.now() - unreachedAfterMs)).unreached,
    },
    live_connectors: {
      help: 'connectors of providers of live data that are connected to this process',
      value: () => live.count,
    },
    live_paused: {
      help: 'live datasets that this process leaves alone after failures of their provider',
      value: () => live.paused,
    },
    inbox_overdue: {
      help: 'items pending at the data office, in any inbox, whose deadline has passed',
      value: () => overdue.value(),
    },
    findings_overdue: {
      help: 'findings of the rules over the log that were not acknowledged within their deadline',
      value: () => countOverdueRisks(database.app, dayInChina(database.now())),
    },
  };
}
