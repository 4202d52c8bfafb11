import type { Knex } from 'knex';
import { composer, narrowed, rowsOf } from '../../../platform/database/compiled.ts';
import type { Page } from '../../../platform/database/page.ts';
import { newestOf, type Part } from '../../../platform/database/newestOf.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batchRow.ts';

export interface BatchesWanted extends Page {
  /** only of these; undefined: of every department */
  readonly departments: readonly string[] | undefined;
  readonly dataset: string | undefined;
  readonly state: string | undefined;
  /** of the whole file, hex; known from the commit on */
  readonly sha256: string | undefined;
}

const parts: readonly Part[] = [{ from: 'batch', column: 'department', id: 'id' }];

/** Submissions, the newest first: their ids are in the order of time. `after` is an id. */
export async function pageBatches(
  reader: Reader,
  { after, most, departments, dataset, state, sha256 }: BatchesWanted,
): Promise<BatchRow[]> {
  const query = composer('batch').select(composer.raw(batchColumns));
  if (departments === undefined) narrow(query);
  else query.whereIn('id', newestOf(parts, departments, most, narrow));
  const rows = await rowsOf<StoredBatch>(reader, query.orderBy('id', 'desc').limit(most));
  return rows.map(readBatch);

  function narrow(submissions: Knex.QueryBuilder): void {
    if (after !== undefined) submissions.where('id', '<', after);
    narrowed(submissions, { dataset, state, sha256 });
  }
}
