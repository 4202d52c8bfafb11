import { leafContent, withLeaves } from '../../hub/log/store/storedLeaves.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import type { Leaf } from '../../log/leaf.ts';

/** The newest entries of the log, newest first. */
export async function newestLeaves(database: Database, count: number): Promise<readonly Leaf[]> {
  const { rows } = await database.app.query<{ leaf: Uint8Array }>(
    'SELECT leaf FROM audit_entry ORDER BY idx DESC LIMIT $1',
    [count],
  );
  return withLeaves(rows).map(({ leaf }) => leafContent(leaf));
}

/** @throws Error on an empty log */
export async function lastLeaf(database: Database): Promise<Leaf> {
  const [leaf] = await newestLeaves(database, 1);
  if (leaf === undefined) throw new Error('the log is empty');
  return leaf;
}

/** How many entries of a dataset record such a change of it. */
export async function changesOf(database: Database, dataset: string, act: string): Promise<number> {
  const { rows } = await database.app.query<{ leaf: Uint8Array }>(
    'SELECT leaf FROM audit_entry WHERE dataset = $1',
    [dataset],
  );
  return withLeaves(rows).filter(({ leaf }) => leafContent(leaf).change?.['act'] === act).length;
}

/** Index of the newest entry of an operation. @throws Error where none is among the newest thousand */
export async function newestIndexOf({ app }: Database, operation: string): Promise<number> {
  const { rows } = await app.query<{ idx: string; leaf: Uint8Array }>(
    'SELECT idx, leaf FROM audit_entry ORDER BY idx DESC LIMIT 1000',
  );
  const found = withLeaves(rows).find(({ leaf }) => leafContent(leaf).operation === operation);
  if (found === undefined) throw new Error(`no entry of ${operation}`);
  return Number(found.idx);
}
