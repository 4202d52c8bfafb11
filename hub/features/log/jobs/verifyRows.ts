/**
 * Compares every sealed row with its seal, and the seals with the sum of their table, in both directions, the catalogue of the database
 * with that of this release, and the indexes of sealed tables with their rows. A finding becomes an entry, remains in `/readyz` while it
 * persists, and ends when the rows are correct again.
 */
import { logFinding, type LogFinding } from '../../../../log/finding.ts';
import { FindingRecord } from '../../../log/findingRecord.ts';
import {
  forgedFindings,
  gravest,
  isOfDataset,
  storedFindings,
  type ForgedRow,
  type FoundRow,
} from '../../../log/store/findings.ts';
import { alteredIndexes } from '../../../platform/database/authenticated/alteredIndexes.ts';
import { maxFindings, type RowFinding } from '../../../platform/database/authenticated/compareRows.ts';
import { markPutBack } from '../../../platform/database/authenticated/markPutBack.ts';
import { passMemory, type Pass } from '../../../platform/database/authenticated/passRecord.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { removeRowMacs, tableWithMacs } from '../../../platform/database/authenticated/sealStore.ts';
import {
  isServerAltered,
  recordName,
  versionOf,
  writeServerRecord,
} from '../../../platform/database/authenticated/serverCatalogue.ts';
import type { TableDigests } from '../../../platform/database/authenticated/seals.ts';
import { alteredObjects } from '../../../platform/database/catalogue.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import { rowsAtRandom } from './rowsAtRandom.ts';
import { defined } from '../../../../terms/defined.ts';

const minute = 60_000;
/** Maximum share of time for verification passes: a pass longer than 6 s is followed by a longer pause. */
const share = 0.1;
/** milliseconds after a pass during which a suspicion cannot start another pass */
const minPause = 10_000;
/** Rows that the hub did not write, and that another process, or this one after a restart, knows as recorded. */
const maxRecorded = 1_000;

/** Guarantee: a row changed outside the hub is found within two minutes if a pass takes less than 6 s. */
export const verifyRows = (
  database: Pick<Database, 'app' | 'owner' | 'now'>,
): Job & Required<Pick<Job, 'early'>> => {
  const { app, owner } = database;
  const sealing = sealingOf(app);
  const ofTable = (first: FoundRow) => ({ table: tableOf(first) });
  const rowFindings = new FindingRecord(app, 'verifyRows', ofTable);
  const catalogueFindings = new FindingRecord(app, 'verifyRows', ofTable);
  let forged: ReadonlySet<string> = new Set();
  const atRandom = rowsAtRandom(database);
  let restsUntil = 0;
  const markRolledBack = (found: readonly RowFinding[]): Promise<void> =>
    markPutBack(
      owner,
      sealing?.digests,
      found.filter(({ code }) => code === 'rows_rolled_back').map(({ table }) => table),
    );
  /** In addition to those that are stored. */
  const recordAtRandom = async (run: JobRun, found: readonly RowFinding[]): Promise<void> => {
    const stored = (await storedRowFindings(app)).filter((one) => !isOfCatalogue(one));
    await rowFindings.update(run, { stored, found: distinct([...stored, ...found.map(rowOf)]) });
    await markRolledBack(found);
    atRandom.markRecorded(found);
  };
  return {
    name: 'verifyRows',
    every: minute,
    lease: 5 * minute,
    early: () => {
      atRandom.poll();
      const isCalled = sealing?.isSuspicious === true || atRandom.findings.length > 0;
      return isCalled && database.now() >= restsUntil;
    },
    run: async (run) => {
      const key = sealing?.digests?.key;
      const memory = passMemory(app, 'verifyRows');
      const before = atRandom.findings;
      const suspicious = sealing?.takeSuspicion() === true || before.length > 0;
      const last = memory.last(run.state, key, run.now());
      const isDue = last === undefined || run.now() >= last.pausedUntil;
      if (sealing === undefined || (!suspicious && !isDue)) return {};
      const begun = performance.now();
      let catalogueAt = last?.catalogueAt;
      try {
        // first: an administrator can cancel the statements of the pass
        if (before.length > 0) await recordAtRandom(run, before);
        const found = [...(await sealing.verifyAll(owner)), ...before];
        forged = await recordForged(run, recordedBefore(forged, last), await forgedFindings(app));
        const stored = await storedRowFindings(app);
        // recorded first: a changed catalogue may make its comparison fail
        const ofRows = stored.filter((one) => !isOfCatalogue(one));
        const ofCatalogue = stored.filter(isOfCatalogue);
        const remaining = await rowFindings.update(run, {
          stored: ofRows,
          found: distinct(found.map(rowOf)),
        });
        await markRolledBack(found);
        await distrustMacs(owner, found);
        const sessions = sealing.comparedSessions.findings;
        const altered = await alteredCatalogue(run, database, sealing.digests);
        const objects =
          altered === undefined
            ? ofCatalogue.length
            : await catalogueFindings.update(run, {
                stored: ofCatalogue,
                found: [...altered, ...sessions].map(objectOf),
              });
        if (altered !== undefined) {
          catalogueAt = run.now();
          sealing.comparedSessions.markRecorded(sessions);
        }
        const findings = remaining + objects;
        const pausedUntil = run.now() + (performance.now() - begun) / share - minute;
        const known = defined({ catalogueAt, ...namedIn(forged) });
        return { state: memory.record({ at: run.now(), pausedUntil, findings, ...known }, key) };
      } finally {
        restsUntil = run.now() + minPause + (performance.now() - begun);
      }
    },
  };
};

const isOfCatalogue = ({ code }: FoundRow): boolean => code === 'catalogue_altered';

const storedRowFindings = async (app: Database['app']): ReturnType<typeof storedFindings> =>
  (await storedFindings(app, 'rows')).filter(({ about = '' }) => !isOfDataset(about));

/** Names of altered objects, and of indexes that do not lead to their rows; undefined during an upgrade. */
async function alteredCatalogue(
  run: JobRun,
  { owner }: Pick<Database, 'owner'>,
  digests: TableDigests | undefined,
): Promise<readonly string[] | undefined> {
  const altered = await alteredObjects(owner);
  if (altered === undefined || digests === undefined) return altered;
  const isServer = await isServerAltered(owner, digests, async (sum) => {
    await run.act({
      operation: 'verifyRows',
      change: { serverVersion: versionOf(sum) },
      work: (transaction) => writeServerRecord(transaction, digests, sum),
    });
  });
  if (isServer) await markPutBack(owner, digests, [recordName]);
  const indexes = (await alteredIndexes(owner, run.now())).map((name) => `entries of index ${name}`);
  return [...altered, ...(isServer ? ['objects of the server'] : []), ...indexes];
}

interface Recorded {
  /** digests of forged rows that have an entry */
  readonly recorded: ReadonlySet<string>;
  /** number of all that have one */
  readonly total: number;
}

function recordedBefore(known: ReadonlySet<string>, last: Pass | undefined): Recorded {
  const { forged = [], forgedMore = 0 } = last ?? {};
  return { recorded: new Set([...known, ...forged]), total: forged.length + forgedMore };
}

/** What a record has of forged rows. */
const namedIn = (forged: ReadonlySet<string>): Pick<Pass, 'forged' | 'forgedMore'> => ({
  forged: [...forged].slice(0, maxRecorded),
  forgedMore: Math.max(0, forged.size - maxRecorded),
});

/**
 * Records that the table of findings has rows that the hub did not write. Of more rows than a record names, a process that does not know all
 * records new ones where there are more than before.
 * @returns all digests
 */
async function recordForged(
  run: JobRun,
  before: Recorded,
  forged: readonly ForgedRow[],
): Promise<ReadonlySet<string>> {
  const fresh = forged.filter(({ digest }) => !before.recorded.has(digest));
  const isKnown = before.total > maxRecorded && forged.length <= before.total;
  if (fresh.length > 0 && !isKnown)
    await run.act({
      operation: 'verifyRows',
      change: {
        findings: fresh.length,
        first: gravest(fresh.map(({ code }) => code)),
        table: 'log_finding',
      },
    });
  return new Set(forged.map(({ digest }) => digest));
}

/**
 * A row that was put back with its former MAC has a finding, but its MAC is valid: without it the seal decides. Where not every row is named,
 * no MAC counts.
 */
async function distrustMacs(owner: Database['owner'], found: readonly RowFinding[]): Promise<void> {
  const ofTable = found.filter(({ table }) => table === tableWithMacs);
  if (ofTable.length === 0) return;
  const keys = ofTable.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const isComplete = keys.length === ofTable.length && keys.length < maxFindings;
  await removeRowMacs(owner, isComplete ? keys : undefined);
}

const objectOf = (name: string): FoundRow => ({
  code: 'catalogue_altered',
  index: null,
  about: `catalogue ${name}`,
  finding: logFinding('catalogue_altered', { what: name }),
});

/** A comparison at random may have found what the job finds too. */
const distinct = (found: readonly FoundRow[]): FoundRow[] => [
  ...new Map(found.map((one) => [`${one.code} ${one.about ?? ''}`, one])).values(),
];

const tableOf = ({ about }: FoundRow): string => about?.split(' ')[0] ?? '';

/** A row without a valid seal, as it is stored and shown. */
export function rowOf({ code, table, row }: RowFinding): FoundRow {
  const what = row === undefined ? table : `${table} ${row}`;
  const finding: LogFinding = logFinding(code, { what });
  return { code, index: null, about: what, finding };
}
