/**
 * Compares the rows of datasets with their digests, table after table. A finding gets an entry, and remains in `/readyz` until the rows
 * are correct again.
 */
import { logFinding, type LogFindingCode } from '../../../../log/finding.ts';
import { FindingRecord } from '../../../log/findingRecord.ts';
import { isOfDataset, storedFindings, type FoundRow } from '../../../log/store/findings.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { shownKey } from '../../../platform/database/authenticated/compareRows.ts';
import { markPutBack } from '../../../platform/database/authenticated/markPutBack.ts';
import { passMemory } from '../../../platform/database/authenticated/passRecord.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { summedTables } from '../../../platform/database/authenticated/sealStore.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { movedDatasets } from '../../rows/store/currentBatches.ts';
import { randomComparisons } from './randomComparisons.ts';
import { datasetsOfTables, digestedTables, faultOf } from '../../rows/store/digestedTables.ts';
import { allDigested, digestName, isOfBatch } from '../../rows/store/openDigest.ts';
import type { DigestFault } from '../../rows/store/rowDigests.ts';

const minute = 60_000;
/** ms of work in one run; a larger table is still read to its end */
const portion = 6_000;
/** share of the time in which the job works */
const share = 0.1;

const codes = {
  rows_altered: 'dataset_rows_altered',
  rows_undigested: 'dataset_rows_undigested',
  rows_gone: 'dataset_rows_gone',
} as const satisfies Record<DigestFault, LogFindingCode>;

/** The code of a finding about a table. */
export const codeOfFault = (fault: DigestFault): (typeof codes)[DigestFault] => codes[fault];

const findingOf = (code: LogFindingCode, about: string, what: string): FoundRow => ({
  code,
  index: null,
  about,
  finding: logFinding(code, { what }),
});

/** The faults of some tables, and of the datasets' current-batch pointers. */
async function datasetFindings(
  database: Pick<Database, 'app' | 'owner'>,
  tables: Iterable<SqlName>,
  isOver: () => boolean = () => false,
): Promise<{ readonly found: readonly FoundRow[]; readonly read: readonly SqlName[] }> {
  const found: FoundRow[] = (await movedDatasets(database.app)).map(movedFinding);
  const read: SqlName[] = [];
  for (const table of tables) {
    const fault = await faultOf(database, table);
    read.push(table);
    if (fault !== undefined) found.push(await findingOfTable(database, table, fault));
    if (isOver()) break;
  }
  return { found, read };
}

function movedFinding(dataset: string): FoundRow {
  const shown = shownKey('dataset', dataset);
  return findingOf('dataset_batch_moved', `current ${shown}`, shown);
}

async function findingOfTable(
  { app }: Pick<Database, 'app'>,
  table: SqlName,
  fault: DigestFault,
): Promise<FoundRow> {
  const name = digestName(table);
  const dataset = (await datasetsOfTables(app)).get(table);
  return findingOf(codes[fault], name, dataset === undefined ? name : `${dataset} (${name})`);
}

/** Adds the faults that comparisons at random met. */
async function withMet(
  database: Pick<Database, 'app'>,
  found: readonly FoundRow[],
  met: ReadonlyMap<SqlName, DigestFault>,
  moved: readonly string[],
): Promise<readonly FoundRow[]> {
  const more = moved.map(movedFinding);
  for (const [table, fault] of met) more.push(await findingOfTable(database, table, fault));
  return [
    ...found,
    ...more.filter((one) => !found.some(({ code, about }) => code === one.code && about === one.about)),
  ];
}

/**
 * The faults of all tables of a restored database.
 * @param isOfThisRelease false: it may be of a release that made no digests; then its tables are left out
 */
export async function restoredDatasets(
  database: Pick<Database, 'app' | 'owner'>,
  isOfThisRelease: boolean,
): Promise<{ readonly found: readonly FoundRow[]; readonly leftOut: readonly string[] }> {
  const tables = await digestedTables(database.owner);
  if (!isOfThisRelease && !(await summedTables(database.owner)).has(allDigested))
    return { found: [], leftOut: tables.map(digestName) };
  const { found } = await datasetFindings(database, tables);
  return { found, leftOut: [] };
}

/**
 * Guarantee: altered rows are found within two minutes where a pass takes less than 6 s, else within eleven times the length of a pass.
 * Rows that are put back before each pass are met by chance.
 */
export const verifyDatasets = (
  database: Pick<Database, 'app' | 'owner' | 'now'>,
  comparisons = randomComparisons(database),
): Job => {
  const findings = new FindingRecord(database.app, 'verifyDatasets', ({ about = '' }) => ({ table: about }));
  return {
    name: 'verifyDatasets',
    every: minute,
    lease: 5 * minute,
    early: () => comparisons.poll(),
    run: async (run) => {
      const key = sealingOf(database.app)?.digests?.key;
      const memory = passMemory(database.app, 'verifyDatasets');
      const last = memory.last(run.state, key, run.now());
      const { faults: met, moved } = comparisons;
      if (met.size === 0 && moved.length === 0 && last !== undefined && run.now() < last.pausedUntil)
        return {};
      const begun = performance.now();
      const all = await digestedTables(database.owner);
      const after = last?.after ?? '';
      const pass = await datasetFindings(
        database,
        all.filter((table) => table > after),
        () => run.signal.aborted || performance.now() - begun > portion,
      );
      const { read } = pass;
      const found = await withMet(database, pass.found, met, moved);
      const pausedUntil = run.now() + (performance.now() - begun) / share - minute;
      const names = new Set(read.map(digestName));
      const there = new Set(all.map(digestName));
      const remaining = await findings.update(run, {
        stored: (await storedFindings(database.app, 'rows')).filter(({ about = '' }) => isOfDataset(about)),
        found,
        isCompared: ({ about = '' }) => isRead(about, names, there),
      });
      comparisons.markRecorded(met, moved);
      await markPutBack(
        database.owner,
        sealingOf(database.app)?.digests,
        found.flatMap(({ about = '' }) => (isOfBatch(about) ? [] : [about])),
      );
      const end = read.at(-1);
      const isWhole = end === undefined || end === all.at(-1);
      return {
        state: memory.record(
          { at: run.now(), pausedUntil, findings: remaining, ...(isWhole ? {} : { after: end }) },
          key,
        ),
      };
    },
  };
};

/** Whether this run checked a finding again: its table was read, or no longer exists. Pointers are compared in each run. */
const isRead = (about: string, read: ReadonlySet<string>, there: ReadonlySet<string>): boolean =>
  about.startsWith('current ') || read.has(about) || !there.has(about);
