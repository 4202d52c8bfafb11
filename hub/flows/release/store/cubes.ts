import { Problem } from '../../../../terms/problem.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { refuseAlteredRows } from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import { firstSealedRows, sealedRow } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Cube } from '../../../../policies/decision.ts';
import type { ReportedCell } from '../../../../policies/aggregates/reportCube.ts';
import { rowsText } from '../../../../policies/aggregates/cube.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** The inputs of the computation: everything of the cube except its owner. */
export type CubeSpec = Pick<Cube, 'dimensions' | 'sums' | 'minGroup' | 'rowFilter'>;

interface CubeKey {
  readonly dataset: string;
  readonly consumer: string;
  /** uuid */
  readonly batch: string;
}

export interface FixedCube {
  readonly batch: string;
  readonly spec: CubeSpec;
  readonly cells: readonly ReportedCell[];
  /** hex SHA-256 */
  readonly digest: string;
}

interface StoredCube extends FixedCube {
  /** its place among those of its consumer; null: from before places were stored */
  readonly nth: number | null;
}

const columns = 'batch, spec, cells, digest, nth';

const digestsOf = (cubes: readonly FixedCube[]): string => cubes.map(({ digest }) => digest).join(' ');

/** The published cube of a batch, undefined where none was requested yet. */
export const readCube = (
  reader: Reader,
  { dataset, consumer, batch }: CubeKey,
): Promise<FixedCube | undefined> =>
  sealedRow<FixedCube>(
    reader,
    'statistic_cube',
    `SELECT ${columns} FROM statistic_cube WHERE dataset = $1 AND consumer = $2 AND batch = $3`,
    [dataset, consumer, batch],
  );

/** What each other consumer was shown last of the same rows, in a fixed order. @param spec of the consumer's own cube */
export async function cubesOfOthers(
  reader: Reader,
  { dataset, consumer }: Omit<CubeKey, 'batch'>,
  { rowFilter }: CubeSpec,
): Promise<readonly FixedCube[]> {
  const { rows } = await reader.query<{ consumer: string }>(
    'SELECT DISTINCT consumer FROM statistic_cube WHERE dataset = $1 AND consumer <> $2 ORDER BY consumer',
    [dataset, consumer],
  );
  const filter = rowsText(rowFilter);
  const cubes: FixedCube[] = [];
  for (const { consumer: other } of rows) {
    const cube = await lastCube(reader, { dataset, consumer: other });
    if (cube !== undefined && rowsText(cube.spec.rowFilter) === filter) cubes.push(cube);
  }
  return cubes;
}

/**
 * The cube published last, of whichever batch.
 * @throws Problem rows_unauthenticated where it was changed past the hub: an older one would not show what is to stay suppressed
 */
async function lastCube(
  reader: Reader,
  { dataset, consumer }: Omit<CubeKey, 'batch'>,
): Promise<StoredCube | undefined> {
  const failures: unknown[] = [];
  const rows = await firstSealedRows<StoredCube>(
    reader,
    'statistic_cube',
    `SELECT ${columns} FROM statistic_cube WHERE dataset = $1 AND consumer = $2 ORDER BY nth DESC NULLS LAST, id DESC`,
    [dataset, consumer],
    1,
    failures,
  );
  if (failures.length > 0) throw new Problem('rows_unauthenticated', { table: 'statistic_cube' });
  return rows[0];
}

/**
 * Fixes the published cube of a batch once. If two processes compute it concurrently, the first one's is stored. Batches are fixed in the
 * order in which they were current, so that each computation knows the cells that the previous one suppressed, and of one consumer of a
 * dataset after the other, so that each knows what the others were shown.
 * @param others cubes of other consumers that the computation knows
 * @param make pure: computes from the cube published last
 * @returns undefined where the batch is no longer current, or another consumer was shown more in the meantime
 * @throws Problem rows_unauthenticated where a cube of the dataset was changed or removed past the hub
 */
export async function fixCube(
  pool: Pool,
  key: CubeKey,
  { spec: wanted, others }: { readonly spec: CubeSpec; readonly others: readonly FixedCube[] },
  make: (earlier: FixedCube | undefined) => Omit<FixedCube, 'batch'>,
): Promise<FixedCube | undefined> {
  return withTransaction(pool, async (transaction) => {
    const { dataset, consumer, batch } = key;
    await transaction.query(`SELECT pg_advisory_xact_lock(hashtext($1), hashtext('statistics'))`, [dataset]);
    const pointer = await transaction.query<{ current: string | null }>(
      'SELECT current_batch AS current FROM dataset WHERE id = $1',
      [dataset],
    );
    if (pointer.rows[0]?.current !== batch) return undefined;
    // statistics that are hidden would not show what is to stay suppressed
    await refuseAlteredRows(transaction, 'statistic_cube', dataset);
    const known = await readCube(transaction, key);
    if (known !== undefined) return known;
    const now = await cubesOfOthers(transaction, key, wanted);
    if (digestsOf(now) !== digestsOf(others)) return undefined;
    const earlier = await lastCube(transaction, key);
    const { spec, cells, digest } = make(earlier);
    const nth = (earlier?.nth ?? 0) + 1;
    await transaction.query(
      'INSERT INTO statistic_cube (dataset, consumer, batch, spec, cells, digest, nth) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [dataset, consumer, batch, JSON.stringify(spec), JSON.stringify(cells), digest, nth],
    );
    return { batch, spec, cells, digest };
  });
}
