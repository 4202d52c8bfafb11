/** Compares the rows of a restored database with their seals and digests, as the jobs `verifyRows` and `verifyDatasets` of a hub do. */
import { rowOf } from '../../hub/features/log/jobs/verifyRows.ts';
import { datasetFindings } from '../../hub/flows/intake/jobs/verifyDatasets.ts';
import { digestedTables } from '../../hub/flows/rows/store/digestedTables.ts';
import { allDigested } from '../../hub/flows/rows/store/openDigest.ts';
import { beginSealing } from '../../hub/log/sealAtStart.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { sealedNames } from '../../hub/platform/database/authenticated/rules.ts';
import { summedTables } from '../../hub/platform/database/authenticated/sealStore.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import type { HubKeys } from '../../hub/platform/keys/hubKeys.ts';
import type { LogFinding } from '../../log/finding.ts';
import type { CheckFinding } from './verb.ts';

interface Restored {
  readonly database: Database;
  readonly keys: HubKeys;
  /** a temporary one, without versions of sums: the archive may be older than those of the hub */
  readonly stateDir: string;
  /** whether the archive is of this release, whose hub has sealed all tables */
  readonly isOfThisRelease: boolean;
}

/**
 * A table that an earlier release did not seal is left out: the hub seals it at its next start.
 * @throws Problem rows_unauthenticated where the sums themselves have no valid MAC
 */
export async function restoredRows({
  database,
  keys,
  stateDir,
  isOfThisRelease,
}: Restored): Promise<readonly CheckFinding[]> {
  const versions = await beginSealing({ database, keys, stateDir });
  const sealing = sealingOf(database.app);
  if (sealing === undefined) throw new TypeError('rows of this database are not sealed');
  const summed = await summedTables(database.owner);
  const names = isOfThisRelease ? sealedNames : sealedNames.filter((name) => summed.has(name));
  const rows = (await sealing.verifyAll(database.owner, names)).map(rowOf);
  const isDigested = isOfThisRelease || summed.has(allDigested);
  const { found } = isDigested
    ? await datasetFindings(database, await digestedTables(database.owner))
    : { found: [] };
  await versions.flush();
  return [...rows, ...found].map(({ code, about = '', finding }) => ({
    code,
    path: about,
    message: (finding as LogFinding).message,
  }));
}
