/** Every job of the hub. */
import type { SearchAccess } from './log/evidence/searchEntries.ts';
import type { HubConfig } from './platform/config/hubConfig.ts';
import type { OpenedAuditLog } from './log/openAuditLog.ts';
import type { IntakeServices } from './flows/intake/services.ts';
import type { ReleaseServices } from './flows/release/services.ts';
import type { HubKeys } from './platform/keys/hubKeys.ts';
import { sweepStoredObjects } from './flows/attachments/jobs/sweepStoredObjects.ts';
import { sweepAttachments } from './flows/attachments/jobs/sweepAttachments.ts';
import type { Database } from './platform/database/database.ts';
import { closeStreams } from './flows/release/jobs/closeStreams.ts';
import { escalateEvents } from './features/events/jobs/escalateEvents.ts';
import { evaluateRules } from './features/events/jobs/evaluateRules.ts';
import { noticeChangedRows } from './features/events/jobs/noticeChangedRows.ts';
import { publishHubEvents, type HubEventServices } from './features/events/jobs/publishHubEvents.ts';
import { expireEvents } from './features/events/jobs/expireEvents.ts';
import { fillChangeovers } from './features/registry/jobs/fillChangeovers.ts';
import {
  deriveTiles,
  forgetQuotas,
  forgetSealedLists,
  mergeTokens,
  rotateLogKey,
} from './features/log/jobs/maintainLog.ts';
import { logViewCounts } from './features/log/jobs/logViewCounts.ts';
import { destroyEntries } from './features/log/jobs/destroyEntries.ts';
import { forgetViewDelays } from './features/subjects/jobs/forgetViewDelays.ts';
import { followUpDuties } from './features/duties/jobs/followUpDuties.ts';
import type { Job } from './platform/jobs/job.ts';
import { pullSources } from './features/pulls/jobs/pullSources.ts';
import { computeRollups } from './flows/intake/jobs/computeRollups.ts';
import { resumeBatches } from './flows/intake/jobs/resumeBatches.ts';
import {
  destroyRaw,
  destroyRows,
  expireBatches,
  expireChangeFeeds,
  expireFiles,
  lapseBatches,
  retireRows,
} from './flows/retention/jobs/retire.ts';
import { lapseRetirements } from './features/registry/jobs/lapseRetirements.ts';
import { lapseStops } from './features/agreements/jobs/lapseStops.ts';
import { makeExports } from './flows/release/jobs/makeExports.ts';
import { mirrorTiles } from './features/log/jobs/mirrorTiles.ts';
import { makePeriods } from './flows/intake/jobs/makePeriods.ts';
import { indexRows } from './flows/intake/jobs/indexRows.ts';
import { verifyDatasets } from './flows/intake/jobs/verifyDatasets.ts';
import { deriveCatalogue } from './features/catalogue/jobs/deriveCatalogue.ts';
import { readEntries } from './features/log/jobs/readEntries.ts';
import { reverifyLog } from './features/log/jobs/reverifyLog.ts';
import { sealerOf } from './flows/sealer.ts';
import { remindOfEvents } from './features/reminders/jobs/remindOfEvents.ts';
import { sendReminders, type ReminderServices } from './features/reminders/jobs/sendReminders.ts';
import { submitCheckpoints } from './features/log/jobs/submitCheckpoints.ts';
import { noticeDeadlines } from './features/reminders/jobs/noticeDeadlines.ts';
import { notifyOfOverdueDatasets } from './features/reminders/jobs/notifyOverdue.ts';
import { judgedTogether, personsTogether, watchLog } from './features/log/jobs/watchLog.ts';
import { watchedEntries } from './features/log/jobs/entries/watchedEntries.ts';
import { verifyRows } from './features/log/jobs/verifyRows.ts';
import { recordSizes } from './features/health/jobs/recordSizes.ts';
import { warnExpiry } from './features/reminders/jobs/warnExpiry.ts';

export interface JobServices {
  readonly database: Database;
  readonly audit: OpenedAuditLog;
  readonly keys: SearchAccess['keys'] & Pick<HubKeys, 'headMac' | 'sealing'>;
  readonly intake: IntakeServices;
  readonly release: ReleaseServices;
  readonly reminders: Pick<ReminderServices, 'wake' | 'waiting'>;
  /** inputs of the catalogue's derived data */
  readonly catalogue: Parameters<typeof deriveCatalogue>[1] & Pick<HubEventServices, 'identity'>;
  /** records outside the database which entries were destroyed */
  readonly storeDestructions: () => Promise<void>;
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
  catalogue,
  storeDestructions,
  config,
}: JobServices): readonly Job[] {
  const { retention, sources, findings, witnesses, mirrorDir, archiveDir } = config;
  const log = { database, audit, keys };
  // a tenth more than one judgement takes, as a reserve for entries that arrive between two polls
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
    reverifyLog({ database, audit, keys, halt: (problem) => audit.halt(problem) }),
    verifyRows(database),
    verifyDatasets(database),
    ...(witnesses.length === 0 ? [] : [submitCheckpoints(log, witnesses)]),
    ...(mirrorDir === undefined ? [] : [mirrorTiles(log, mirrorDir)]),
    rotateLogKey(database, keys),
    destroyEntries(log, archiveDir, storeDestructions),
    expireBatches(database.app, retention),
    lapseBatches(database.app),
    destroyRaw(database.app, retention),
    retireRows(intake),
    destroyRows(intake),
    evaluateRules(intake),
    computeRollups(intake),
    noticeChangedRows({ release, identity: catalogue.identity }),
    publishHubEvents({ ...catalogue, database, audit }),
    expireEvents(database.app),
    escalateEvents({ database, registry: release.registry }),
    forgetQuotas(database.app),
    recordSizes(database.app, audit),
    logViewCounts(database.app),
    deriveCatalogue(database.app, catalogue),
    forgetSealedLists(database.app),
    forgetViewDelays(database.app),
    makePeriods(intake),
    indexRows(intake),
    followUpDuties(database.app),
    watchLog(database.app, audit, findings, { entries: watched }),
    warnExpiry(database.app),
    lapseStops(database.app),
    lapseRetirements(database.app),
    notifyOfOverdueDatasets(database.app),
    noticeDeadlines(database.app, sealerOf(keys.sealing), () => database.now()),
    ...(config.reminders === undefined
      ? []
      : [sendReminders({ ...reminders, database }), remindOfEvents({ ...reminders, database })]),
    closeStreams(database.app),
    makeExports(release, audit),
    expireFiles(database.app),
    sweepAttachments(intake),
    sweepStoredObjects(intake),
    expireChangeFeeds(database.app),
  ];
}
