/** Sources that end or hang between two pages, or whose columns change between two runs, on the hub of pull.test.ts. */
import assert from 'node:assert/strict';

/** A department's database as its pull sees it, with rows for three pages that changed one after the other. */
export interface CutSource {
  readonly dataset: (name: string, mode: string) => Promise<string>;
  readonly pulled: (id: string, document: object) => Promise<void>;
  /** @returns outcome, rows, state of the batch, and `+` where not all was read */
  readonly run: (id: string) => Promise<string>;
  /** a pull of all rows of one of its two tables, by this mapping */
  readonly documentOf: (table: 'whole' | 'changes', mapping: string, more: object) => object;
  /** What the source does from its second page on. */
  readonly does: (what: 'answer' | 'end' | 'hang') => Promise<unknown>;
  /** what became of a run where the source ends: by the name that its line gives */
  readonly ended: string;
  readonly partsOf: (dataset: string) => Promise<number>;
  readonly rowsOf: (dataset: string) => Promise<number>;
}

/** Rows of all pages, and of the first. */
export const [allRows, firstPage] = [4_500, 2_000];

/**
 * Nothing of a snapshot that was read half remains; what is read by its changes continues after the last whole page.
 * @returns rows that readers see at the end of what is read by its changes
 */
export async function pullsThatAreCut(source: CutSource, name: string): Promise<number> {
  const { dataset, pulled, run, documentOf, does, ended, partsOf, rowsOf } = source;
  const snapshot = await dataset(`${name}-whole`, 'snapshot');
  await pulled(snapshot, documentOf('whole', `${name}-whole`, { seconds: 1 }));
  for (const [what, outcome] of [
    ['end', ended],
    ['hang', 'pull_source_slow'],
  ] as const) {
    await does(what);
    assert.equal(await run(snapshot), `${outcome} ${firstPage} expired +`);
    assert.deepEqual([await partsOf(snapshot), await rowsOf(snapshot)], [0, 0], 'nothing stays');
  }
  await does('answer');
  assert.equal(await run(snapshot), `read ${allRows} published`);
  assert.equal(await rowsOf(snapshot), allRows);

  const changes = await dataset(`${name}-changes`, 'upsert');
  await does('end');
  await pulled(
    changes,
    documentOf('changes', `${name}-changes`, { changed: 'changed_at', overlap: 0, seconds: 1 }),
  );
  assert.equal(await run(changes), `read ${firstPage} published +`, 'what came before the break is in order');
  assert.equal(await rowsOf(changes), firstPage);
  await does('answer');
  assert.equal(await run(changes), `read ${allRows - firstPage} published`);
  return rowsOf(changes);
}
