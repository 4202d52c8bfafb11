import { batchLife } from '../../../domain/batch.ts';
import type { ControlTotals } from '../../../domain/controlTotals.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface CommittedAs {
  readonly sha256: string;
  readonly mapping: string;
  readonly mappingDigest: string;
  readonly schema: string;
  /** the batch whose good rows come with the mended ones of this one */
  readonly corrects: string | null;
  /** what its sender says it holds */
  readonly control: ControlTotals | null;
}

/**
 * Takes a batch for translation: an open one, or one whose hub has gone (its lease has run out).
 * @param owner uuid of this attempt @param seconds the lease
 * @returns false when somebody else has it, or it is past this step
 */
export async function leaseBatch(
  reader: Reader,
  id: string,
  as: CommittedAs,
  owner: string,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $8, sha256 = $2, mapping = $3, mapping_digest = $4, schema_urn = $5, corrects = $11, control = $12, problem = NULL, findings = NULL,
            records = NULL, progress = NULL, exchange = NULL, receipt = NULL, lease_owner = $6, lease_until = now() + make_interval(secs => $7)
      WHERE id = $1 AND (state = ANY($9) OR (state = ANY($10) AND lease_until < now()))`,
    [
      id,
      as.sha256,
      as.mapping,
      as.mappingDigest,
      as.schema,
      owner,
      seconds,
      stateAfter(batchLife, 'commit'),
      statesBefore(batchLife, 'commit', 'retry'),
      statesBefore(batchLife, 'resume'),
      as.corrects,
      as.control === null ? null : JSON.stringify(as.control),
    ],
  );
  return rowCount === 1;
}
