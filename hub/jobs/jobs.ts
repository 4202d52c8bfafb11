/** Every job of the hub. */
import type { SearchAccess } from '../audit/evidence/searchEntries.ts';
import type { HubConfig } from '../config/hubConfig.ts';
import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import type { IntakeServices } from '../exchange/intake/services.ts';
import type { ReleaseServices } from '../exchange/release/services.ts';
import type { HubKeys } from '../keys/hubKeys.ts';
import type { Database } from '../store/database/database.ts';
import { closeStreams } from './closeStreams.ts';
import { fillChangeovers } from './fillChangeovers.ts';
import { deriveTiles } from './deriveTiles.ts';
import { destroyEntries } from './destroyEntries.ts';
import { followUpDuties } from './followUpDuties.ts';
import type { Job } from './job.ts';
import { pullSources } from './pullSources.ts';
import { resumeBatches } from './resumeBatches.ts';
import {
  destroyRaw,
  destroyRows,
  expireBatches,
  expireChangeFeeds,
  expireFiles,
  lapseBatches,
  retireRows,
} from './retire.ts';
import { lapseRetirements } from './lapseRetirements.ts';
import { lapseStops } from './lapseStops.ts';
import { makeExports } from './makeExports.ts';
import { mergeTokens } from './mergeTokens.ts';
import { mirrorTiles } from './mirrorTiles.ts';
import { indexRows } from './indexRows.ts';
import { forgetQuotas } from './forgetQuotas.ts';
import { forgetSealedLists } from './forgetSealedLists.ts';
import { readEntries } from './readEntries.ts';
import { reverifyLog } from './reverifyLog.ts';
import { rotateLogKey } from './rotateLogKey.ts';
import { sealerOf } from '../exchange/sealer.ts';
import { sendReminders, type ReminderServices } from './sendReminders.ts';
import { submitCheckpoints } from './submitCheckpoints.ts';
import { tellSilence } from './tellSilence.ts';
import { judgedTogether, personsTogether, watchLog } from './watchLog.ts';
import { watchedEntries } from './entries/watchedEntries.ts';
import { warnExpiry } from './warnExpiry.ts';

export interface JobServices {
  readonly database: Database;
  readonly audit: OpenedAuditLog;
  readonly keys: SearchAccess['keys'] & Pick<HubKeys, 'headMac' | 'sealing' | 'hubSigning'>;
  readonly intake: IntakeServices;
  readonly release: ReleaseServices;
  readonly reminders: Pick<ReminderServices, 'place' | 'waiting'>;
  /** repeats outside the database which entries were destroyed */
  readonly keepDestructions: () => Promise<void>;
  readonly config: Pick<
    HubConfig,
    'retention' | 'sources' | 'findings' | 'witnesses' | 'mirrorDir' | 'reminders' | 'archiveDir'
  >;
}

export function allJobs({
  database,
  audit,
  keys,
  intake,
  release,
  reminders,
  keepDestructions,
  config,
}: JobServices): readonly Job[] {
  const { retention, sources, findings, witnesses, mirrorDir, archiveDir } = config;
  const log = { database, audit, keys };
  // a tenth more than is judged together: what comes between two looks for work has room
  const watched = watchedEntries(database.app, {
    entries: judgedTogether * 1.1,
    persons: personsTogether * 1.1,
  });
  return [
    resumeBatches(intake),
    fillChangeovers(intake),
    pullSources({ intake, places: sources }),
    deriveTiles(database, audit),
    mergeTokens(database.owner),
    readEntries(database.app, audit, [watched]),
    reverifyLog({ database, audit, keys, key: keys.headMac, halt: (problem) => audit.halt(problem) }),
    ...(witnesses.length === 0 ? [] : [submitCheckpoints(log, witnesses)]),
    ...(mirrorDir === undefined ? [] : [mirrorTiles(log, mirrorDir)]),
    rotateLogKey(database, keys),
    destroyEntries(log, archiveDir, keepDestructions),
    expireBatches(database.app, retention),
    lapseBatches(database.app),
    destroyRaw(database.app, retention),
    retireRows(intake),
    destroyRows(intake),
    forgetQuotas(database.app),
    forgetSealedLists(database.app),
    indexRows(intake),
    followUpDuties(database.app),
    watchLog(database.app, audit, findings, { entries: watched }),
    warnExpiry(database.app),
    lapseStops(database.app),
    lapseRetirements(database.app),
    tellSilence(database.app),
    ...(config.reminders === undefined
      ? []
      : [
          sendReminders({
            ...{ ...reminders, database, config: config.reminders },
            ...{ sealer: sealerOf(keys.sealing), key: keys.hubSigning },
          }),
        ]),
    closeStreams(database.app),
    makeExports(release, audit),
    expireFiles(database.app),
    expireChangeFeeds(database.app),
  ];
}
