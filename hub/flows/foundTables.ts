/** Findings about rows of datasets, as two persons decide them: a table whose rows do not fit their digest, or a moved current batch. */
import type { SqlName } from '../domain/rowTable/names.ts';
import { shownKey } from '../platform/database/authenticated/compareRows.ts';
import { digestOfFound } from '../platform/database/authenticated/foundRows.ts';
import { failureOf } from '../platform/database/failure.ts';
import type { Database } from '../platform/database/database.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { inSnapshotWithin } from '../platform/database/untilAborted.ts';
import { isBatch, movedDatasets, movedPointer, noteCurrentBatch } from './rows/store/currentBatches.ts';
import { codeOfFault } from './intake/jobs/verifyDatasets.ts';
import { datasetsOfTables, digestedTables, faultOf } from './rows/store/digestedTables.ts';
import { digestName } from './rows/store/openDigest.ts';
import { acceptTable, foundTable } from './rows/store/rowDigests.ts';
import { defined } from '../../terms/defined.ts';

export interface FoundOfDataset {
  readonly code:
    'dataset_rows_altered' | 'dataset_rows_undigested' | 'dataset_rows_gone' | 'dataset_batch_moved';
  /** SHA-256 of what was found */
  readonly digest: string;
  readonly acts: readonly ('seal' | 'remove')[];
  /** rows of the table now; absent: there is no table, or the finding is about the current batch */
  readonly rows?: number;
  /** the batch that readers see, where the finding is about it */
  readonly batch?: string;
  /** accepts it in the transaction of the entry; false where it has changed since */
  readonly accept: (transaction: Transaction) => Promise<boolean>;
}

/**
 * What a finding names, as it is now.
 * @param about as the finding has it: `rows.b_…`, `rows.u_…`, or `current` with a dataset
 * @param maxMs time after which the comparison of a table ends
 * @returns undefined where nothing is wrong with it
 * @throws the driver's error of a cancelled statement
 */
export async function foundOfDataset(
  { app, owner }: Pick<Database, 'app' | 'owner'>,
  about: string,
  maxMs: number,
): Promise<FoundOfDataset | undefined> {
  const shown = /^current (.+)$/.exec(about)?.[1];
  if (shown !== undefined) return foundPointer(app, shown);
  const name = /^rows\.([bu]_[0-9a-f]{24,32})$/.exec(about)?.[1];
  if (name === undefined) return undefined;
  const one = await inSnapshotWithin(owner, maxMs, (snapshot) =>
    foundTable(snapshot, `"rows"."${name}"` as SqlName),
  );
  if (one === undefined) return undefined;
  const { fault, present, extra } = one;
  return {
    code: codeOfFault(fault),
    digest: digestOfFound(
      'datong found table 1',
      name,
      present?.count ?? null,
      present?.sum.toString(16) ?? null,
    ),
    acts: present === undefined ? ['remove'] : extra ? [] : ['seal'],
    ...defined({ rows: present?.count }),
    accept: (transaction) => acceptTable(transaction, one),
  };
}

/** A current batch that is not the noted one. @param shown the dataset, as the finding has it @returns undefined where it is the noted one */
async function foundPointer(app: Database['app'], shown: string): Promise<FoundOfDataset | undefined> {
  const dataset = (await movedDatasets(app)).find((one) => shownKey('dataset', one) === shown);
  const moved = dataset === undefined ? undefined : await movedPointer(app, dataset);
  if (dataset === undefined || moved === undefined) return undefined;
  const { batch } = moved;
  const code = 'dataset_batch_moved' as const;
  if (batch === undefined)
    return {
      code,
      digest: digestOfFound('datong found batch 1', dataset, null),
      acts: [],
      accept: () => Promise.resolve(false),
    };
  return {
    code,
    digest: digestOfFound('datong found batch 1', dataset, batch),
    acts: (await isBatch(app, dataset, batch)) ? ['seal'] : [],
    batch,
    accept: async (transaction) => {
      await noteCurrentBatch(transaction, dataset, batch, true);
      return isBatch(transaction, dataset, batch);
    },
  };
}

interface Verified {
  /** number of tables that were compared to their end */
  readonly tables: number;
  /** whether all tables of the dataset were compared */
  readonly whole: boolean;
  readonly findings: readonly { readonly code: FoundOfDataset['code']; readonly about: string }[];
}

/**
 * Compares the rows of one dataset with their digests, and its current batch, now.
 * @param maxMs time after which it ends without the remaining tables
 */
export async function verifyDatasetNow(
  database: Pick<Database, 'app' | 'owner'>,
  dataset: string,
  maxMs: number,
): Promise<Verified> {
  const end = performance.now() + maxMs;
  const datasets = await datasetsOfTables(database.app);
  const all = (await digestedTables(database.owner)).filter((table) => datasets.get(table) === dataset);
  const findings: { code: FoundOfDataset['code']; about: string }[] = [];
  if ((await movedPointer(database.app, dataset)) !== undefined)
    findings.push({ code: 'dataset_batch_moved', about: `current ${dataset}` });
  let tables = 0;
  for (const table of all) {
    const left = end - performance.now();
    if (left <= 0) break;
    try {
      const fault = await faultOf(database, table, left);
      if (fault !== undefined) findings.push({ code: codeOfFault(fault), about: digestName(table) });
    } catch (error) {
      if (failureOf(error) !== 'deadline') throw error;
      break;
    }
    tables += 1;
  }
  return { tables, whole: tables === all.length, findings };
}
