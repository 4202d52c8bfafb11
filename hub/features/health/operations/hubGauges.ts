import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import type { LiveProviders } from '../../../flows/live/liveProviders.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { authorityDays } from './authorityState.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import type { Database } from '../../../platform/database/database.ts';
import { countOverdue } from '../../duties/store/duties.ts';
import { countOverdueRisks } from '../../risks/store/risks.ts';
import { unreachedAfterMs } from '../../../domain/reminder.ts';
import type { StoredFigure } from './timedCount.ts';
import { reminderFigures } from '../../reminders/store/reminders.ts';
import { countKeysInDoubt } from '../../../identity/store/keyApprovals.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { knownPass } from '../../../log/evidence/reverifyPortion.ts';
import { chunkSize } from '../../../log/search/places.ts';
import { countUnposted } from '../../../log/store/postings.ts';
import { countTiles, tileWidth } from '../../../log/store/tiles.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/* Lag of the log's readers, in entries. Each is a count in an index, because metrics are read every few seconds. */

/** Entries of full hash tiles that are not derived yet. @param size of the log */
const tilesBehind = async (reader: Reader, size: number): Promise<number> =>
  (Math.floor(size / tileWidth) - (await countTiles(reader, 0, Math.floor(size / tileWidth)))) * tileWidth;

/** Entries of whole chunks missing in the search index: not yet indexed, or removed by an alteration. */
const indexBehind = async (reader: Reader): Promise<number> => (await countUnposted(reader)) * chunkSize;

/** Entries that the current verification of the whole log must still verify; NaN before the first run. */
async function verificationBehind(database: Pick<Database, 'app' | 'now'>): Promise<number> {
  const pass = await knownPass(database.app, database.now());
  return pass === undefined ? NaN : pass.size - pass.next;
}

export interface Gauge {
  readonly help: string;
  /** @returns NaN if it is not known yet */
  readonly value: () => number | Promise<number>;
}

/**
 * Gauges of the whole hub, by name. They are computed when metrics are read, so each count is cheap.
 * @param overdue cached in memory, because counting it reads whole inboxes
 */
export function hubGauges(
  audit: Pick<OpenedAuditLog, 'size' | 'waiting'>,
  database: Pick<Database, 'app' | 'owner' | 'now'>,
  live: Pick<LiveProviders, 'count' | 'paused'>,
  keys: Pick<HubKeys, 'authority'>,
  overdue: Pick<StoredFigure, 'value'>,
): Readonly<Record<string, Gauge>> {
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
