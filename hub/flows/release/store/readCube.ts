import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Cube } from '../../../../policies/decision.ts';
import type { ToldCell } from '../../../../policies/aggregates/tellCube.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** What was made with: everything of the cube but whose it is. */
export type CubeSpec = Pick<Cube, 'dimensions' | 'sums' | 'minGroup' | 'rowFilter'>;

export interface CubeKey {
  readonly dataset: string;
  readonly consumer: string;
  /** uuid */
  readonly batch: string;
}

export interface FixedCube {
  readonly batch: string;
  readonly spec: CubeSpec;
  readonly cells: readonly ToldCell[];
  /** hex SHA-256 */
  readonly digest: string;
}

const columns = 'batch, spec, cells, digest';

/** What was told of a batch, undefined where nobody asked yet. */
export async function readCube(
  reader: Reader,
  { dataset, consumer, batch }: CubeKey,
): Promise<FixedCube | undefined> {
  const rows = await sealedRows<FixedCube>(
    reader,
    'statistic_cube',
    `SELECT ${columns} FROM statistic_cube WHERE dataset = $1 AND consumer = $2 AND batch = $3`,
    [dataset, consumer, batch],
  );
  return rows[0];
}

/** What was told last, of whichever batch. */
export async function lastCube(
  reader: Reader,
  { dataset, consumer }: Omit<CubeKey, 'batch'>,
): Promise<FixedCube | undefined> {
  const rows = await sealedRows<FixedCube>(
    reader,
    'statistic_cube',
    `SELECT ${columns} FROM statistic_cube WHERE dataset = $1 AND consumer = $2 ORDER BY id DESC LIMIT 1`,
    [dataset, consumer],
  );
  return rows[0];
}
