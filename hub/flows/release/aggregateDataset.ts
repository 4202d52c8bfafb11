/**
 * POST /v1/datasets/{dataset}/aggregate: rows counted and summed by predefined dimensions, with small groups suppressed.
 *
 *   decide → fix the published cube of the current batch once: counted in the database, suppressed together → the requested part → entry
 */
import { createHash } from 'node:crypto';
import {
  cellsOf,
  reportCube,
  type OtherCube,
  type ReportedCell,
} from '../../../policies/aggregates/reportCube.ts';
import { canAnswer } from '../../../policies/aggregates/cube.ts';
import type { Cube } from '../../../policies/decision.ts';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { canonicalText } from '../../../schemas/readJson.ts';
import { Problem } from '../../../terms/problem.ts';
import { batchTable, layoutOf, type Column, type Layout } from '../../domain/rowTable/layout.ts';
import { allowed, DecideAfresh, type Call, type Outcome } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { isMissingTable } from '../../platform/database/failure.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import { countGroups } from '../rows/store/countGroups.ts';
import { cubesOfOthers, fixCube, readCube, type CubeSpec, type FixedCube } from './store/cubes.ts';
import { hostedReleased, whenAllowed, type AllowedCall, otherMajor } from './allowedCall.ts';
import { counted } from './quotas.ts';
import type { ReleaseServices } from './services.ts';
import { releaseOperation } from '../operation.ts';

/** How often a cube is computed again because the dataset's batch was replaced during the computation. */
const maxAttempts = 5;

export const aggregateDataset = releaseOperation('aggregateDataset', {
  kind: 'release',
  run: (call, services) => {
    const requested = call.body as { readonly aggregate: string };
    return whenAllowed(call, services, requested, (allowed) =>
      services.bulk.run(() => answer(services, call, allowed)),
    );
  },
});

async function answer(
  services: ReleaseServices,
  { now }: Call<DepartmentCaller>,
  { permission, facts }: AllowedCall,
): Promise<Outcome> {
  if (permission.aggregate === undefined) throw new TypeError('statistics were asked for and not decided');
  const { id, by, sum, cube } = permission.aggregate;
  const dataset = hostedReleased(services.registry, permission);
  const fixed = await fixedCube(services, cube, dataset);
  if (!canAnswer(fixed.spec, { ...cube, dimensions: by, sums: sum })) throw new Problem('aggregate_fixed');
  const outcome = allowed<'aggregateDataset'>(
    200,
    {
      aggregate: id,
      batch: fixed.batch,
      minGroup: fixed.spec.minGroup,
      cells: cellsOf(fixed.cells, by, sum),
      ...(permission.obligations.length === 0
        ? {}
        : { obligations: describedObligations(permission.obligations, now) }),
    },
    {
      facts: {
        ...facts,
        schema: dataset.schema.urn,
        cube: { batch: fixed.batch, digest: fixed.digest },
      },
    },
  );
  return counted(outcome, permission, now, { calls: 1, rows: 0 });
}

/** The published cube of the dataset's current batch. @throws Problem dataset_without_rows, aggregate_too_fine */
async function fixedCube(services: ReleaseServices, cube: Cube, dataset: LiveDataset): Promise<FixedCube> {
  const { app } = services.database;
  const { id } = dataset.row;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const now = await datasetById(app, id);
    if (otherMajor(dataset.row, now)) throw new DecideAfresh();
    const batch = now?.currentBatch ?? null;
    if (batch === null) throw new Problem('dataset_without_rows', { dataset: id });
    const key = { dataset: id, consumer: cube.consumer, batch };
    const known = await readCube(app, key);
    if (known !== undefined) return known;
    const layout = layoutOf(dataset.schema);
    const cells = await countedCells(services, cube, layout, batch);
    if (cells === undefined) continue;
    const others = await cubesOfOthers(app, key, cube);
    const shown = await shownToOthers(services, others, layout, batch);
    if (shown === undefined) continue;
    const fixed = await fixCube(services.pool, key, { spec: cube, others }, (earlier) =>
      reported(cube, batch, reportCube(cube, cells, earlier?.cells ?? [], shown)),
    );
    if (fixed !== undefined) return fixed;
  }
  throw new DecideAfresh('each attempt met another batch');
}

/** Cubes of other consumers, with the counts of those of this batch. @returns undefined as `countedCells` */
async function shownToOthers(
  services: ReleaseServices,
  others: readonly FixedCube[],
  layout: Layout,
  batch: string,
): Promise<readonly OtherCube[] | undefined> {
  const shown: OtherCube[] = [];
  for (const { spec, cells, batch: of } of others) {
    const other = { dimensions: spec.dimensions, minGroup: spec.minGroup, reported: cells };
    if (of !== batch) {
      shown.push(other);
      continue;
    }
    const counted = await countedCells(services, { ...spec, sums: [] }, layout, batch);
    if (counted === undefined) return undefined;
    shown.push({ ...other, counted });
  }
  return shown;
}

/** Undefined where the batch's table no longer exists: another batch replaced it. */
async function countedCells(
  { pool, limits }: ReleaseServices,
  { dimensions, sums, rowFilter }: CubeSpec,
  layout: Layout,
  batch: string,
): Promise<Awaited<ReturnType<typeof countGroups>> | undefined> {
  const columns = (names: readonly string[]): readonly Column[] =>
    names.flatMap((name) => layout.byField.get(name) ?? []);
  try {
    const cells = await countGroups(pool, {
      table: batchTable(batch),
      layout,
      dimensions: columns(dimensions),
      sums: columns(sums),
      conditions: rowFilter,
      limit: limits.cubeCells + 1,
    });
    if (cells.length > limits.cubeCells) throw new Problem('aggregate_too_fine', { most: limits.cubeCells });
    return cells;
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

function reported(cube: Cube, batch: string, cells: readonly ReportedCell[]): Omit<FixedCube, 'batch'> {
  const { dataset, consumer, ...spec } = cube;
  const digest = createHash('sha256')
    .update(canonicalText({ batch, cells, consumer, dataset }))
    .digest('hex');
  return { spec: spec satisfies CubeSpec, cells, digest };
}
