/** What ends with a dataset that is retired: shown to both persons and covered by their approvals. */
import type { components } from '../../../../api/openapi.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { daysToRetire } from '../../../domain/dataset.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { batchById } from '../../../flows/intake/store/batches.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import type { Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { digestOf } from './registration.ts';
import { decided } from '../../../domain/cells.ts';

export interface RetirementShown {
  /** that readers see now; absent where rows are merged by key or stay with the provider */
  readonly rows?: number;
  /** names of agreements that release them, in order */
  readonly agreements: readonly string[];
  /** hex SHA-256 over the dataset, its version, the batch that readers see and the agreements */
  readonly digest: string;
}

/** The state as of now. */
export async function retirementShown(
  { database, registry }: Pick<Services, 'database' | 'registry'>,
  { id, schema, mode, currentBatch }: DatasetRow,
): Promise<RetirementShown> {
  await registry.refresh();
  const agreements = agreementsOver({ registry }, id);
  const batch = currentBatch === null ? undefined : await batchById(database.app, currentBatch);
  const rows = currentBatch === null ? 0 : batch?.counts?.rows;
  return {
    ...(mode !== 'snapshot' || rows === undefined ? {} : { rows }),
    agreements,
    digest: digestOf({ id, schema, mode, batch: currentBatch ?? '', agreements }),
  };
}

/** The last day, `YYYY-MM-DD`, on which a second person may approve what is requested now. */
export const lastDayToRetire = (now: number): string => dayInChina(now + daysToRetire * 86_400_000);

/**
 * What the first approval covers: the dataset under its version, hex SHA-256. It does not cover rows and agreements. Each new batch, and
 * each agreement that another department accepts, would otherwise cancel it. The second approval covers the state at that time.
 */
export const firstApprovalOf = ({ id, schema, mode }: Pick<DatasetRow, 'id' | 'schema' | 'mode'>): string =>
  digestOf({ id, schema, mode });

/** Whether the first approval is valid: it covers the current version and has not expired. */
export const firstApprovalStands = (row: DatasetRow, now: number): boolean =>
  row.endingBy !== null &&
  row.endingShown === firstApprovalOf(row) &&
  row.endingUntil !== null &&
  dayInChina(now) <= row.endingUntil;

/** The retirement that one person requested; undefined where there is none. @param now Unix milliseconds */
export async function requestedRetirement(
  services: Pick<Services, 'database' | 'registry' | 'identity'>,
  row: DatasetRow,
  now: number,
): Promise<components['schemas']['Retirement'] | undefined> {
  const { endingBy: by, endingReason: reason, endingUntil: due } = row;
  if (by === null || reason === null || due === null || row.state === 'retired') return undefined;
  if (!firstApprovalStands(row, now)) return undefined;
  const shown = await retirementShown(services, row);
  return {
    by,
    ...namesOfIds(services.identity, { by }),
    reason,
    due,
    ...shown,
    agreements: [...shown.agreements],
  };
}

/** The part of a dataset's view about its retirement. */
type Reported = Pick<components['schemas']['DatasetDetail'], 'retirement' | 'retirementAhead'>;

/**
 * Returns the retirement as far as the caller may see it. Those who may be the second person see all of it. A department that reads the
 * dataset sees the last day and its own agreements over it. Others see nothing. Other departments' agreements and the name of the
 * requesting person are hidden from them.
 * @param now Unix milliseconds
 */
export async function visibleRetirement(
  caller: Reading,
  services: Pick<Services, 'database' | 'registry' | 'identity'>,
  row: DatasetRow,
  now: number,
): Promise<Reported> {
  const retirement = await requestedRetirement(services, row, now);
  if (retirement === undefined) return {};
  const grants = caller.kind === 'staff' ? caller.grants : [];
  if (verdictOf(decided, grants, [ownerOf(services.identity, row.department)]) === 'act')
    return { retirement };
  const own = caller.kind === 'staff' ? grants.map(({ department }) => department) : [caller.department];
  const agreements = agreementsOver(services, row.id, (consumer) => own.includes(consumer));
  return agreements.length === 0 ? {} : { retirementAhead: { due: retirement.due, agreements } };
}

/** Names of agreements that release rows of a dataset, in order, as the registry was last read. */
export function agreementsOver(
  { registry }: Pick<Services, 'registry'>,
  dataset: string,
  of: (consumer: string) => boolean = () => true,
): string[] {
  const found = registry.current.plans.all.filter(({ ref }) => ref.dataset === dataset && of(ref.consumer));
  return [...new Set(found.map(({ ref }) => ref.agreement))].sort();
}
