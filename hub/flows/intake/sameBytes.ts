import { canonicalJson } from '../../../terms/canonicalJson.ts';
import type { ControlTotals } from '../../domain/controlTotals.ts';
import { batchById } from './store/batchById.ts';
import type { BatchRow } from './store/batchRow.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { IntakeServices } from './services.ts';

/** The current batch, if it came from the same bytes in the same code page by the same mapping under the same schema version. */
export async function sameBytes(
  services: Pick<IntakeServices, 'database'>,
  { codePage }: Pick<BatchRow, 'codePage'>,
  request: {
    readonly sha256: string;
    readonly bytes: number;
    readonly control?: ControlTotals | undefined;
  },
  dataset: LiveDataset,
  mapping: LiveMapping,
): Promise<BatchRow | undefined> {
  const { app } = services.database;
  const current = (await datasetById(app, dataset.row.id))?.currentBatch ?? null;
  const first = current === null ? undefined : await batchById(app, current);
  const same =
    first?.sha256 === request.sha256 &&
    first.bytes === request.bytes &&
    first.codePage === codePage &&
    (request.control === undefined || canonicalJson(request.control) === canonicalJson(first.control)) &&
    first.mappingDigest === mapping.digest &&
    first.schema === dataset.schema.urn;
  return same ? first : undefined;
}
