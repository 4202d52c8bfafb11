/** Compares the rows of a restored database with their seals and digests, as the jobs `verifyRows` and `verifyDatasets` of a hub do. */
import type { LogFinding } from '../log/finding.ts';
import { rowOf } from './features/log/jobs/verifyRows.ts';
import { restoredDatasets } from './flows/intake/jobs/verifyDatasets.ts';
import { beginSealing } from './log/sealAtStart.ts';
import { sealingOf } from './platform/database/authenticated/rowSealing.ts';
import { sealedNames } from './platform/database/authenticated/rules.ts';
import { addWriters, summedTables } from './platform/database/authenticated/sealStore.ts';
import type { Database } from './platform/database/database.ts';
import type { HubKeys } from './platform/keys/hubKeys.ts';

interface Restored {
  readonly database: Database;
  readonly keys: HubKeys;
  /** a temporary one, without versions of sums: the archive may be older than those of the hub */
  readonly stateDir: string;
  /** whether the archive is of this release, whose hub has sealed all tables */
  readonly isOfThisRelease: boolean;
}

/** A row without a valid seal or digest. `path` is its table, and its key where that identifies no person. */
type RestoredFinding = Pick<LogFinding, 'code' | 'message'> & { readonly path: string };

interface ComparedRows {
  readonly findings: readonly RestoredFinding[];
  /** names of the tables that were not compared */
  readonly leftOut: readonly string[];
}

/** No table was compared: the log has no entry yet, or the comparison failed. */
export const nothingCompared: ComparedRows = { findings: [], leftOut: sealedNames };

/**
 * A table that an earlier release did not seal is left out: the hub seals it at its next start.
 * @throws Problem rows_unauthenticated where the sums themselves have no valid MAC
 */
export async function restoredRows({
  database,
  keys,
  stateDir,
  isOfThisRelease,
}: Restored): Promise<ComparedRows> {
  // the trial's database has the columns of the archive's release
  if (!isOfThisRelease) await addWriters(database.owner);
  const versions = await beginSealing({ database, keys, stateDir });
  const sealing = sealingOf(database.app);
  if (sealing === undefined) throw new TypeError('rows of this database are not sealed');
  const summed = await summedTables(database.owner);
  const names = isOfThisRelease ? sealedNames : sealedNames.filter((name) => summed.has(name));
  const rows = (await sealing.verifyAll(database.owner, names)).map(rowOf);
  const datasets = await restoredDatasets(database, isOfThisRelease);
  await versions.flush();
  const findings = [...rows, ...datasets.found].map(({ about = '', finding }) => {
    const { code, message } = finding as LogFinding;
    return { code, path: about, message };
  });
  const compared = new Set<string>(names);
  return { findings, leftOut: [...sealedNames.filter((name) => !compared.has(name)), ...datasets.leftOut] };
}
