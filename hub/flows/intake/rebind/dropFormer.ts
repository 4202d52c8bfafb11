/** Rebind: the lasting table of the major version that a dataset left goes a day behind the switch, when nobody reads it any more. */
import { datasetTable } from '../../../domain/rowTable/layout.ts';
import { isRepeatable } from '../../../platform/database/failure.ts';
import { leftVersions } from '../../../registry/store/changeovers.ts';
import { dropLasting } from '../../rows/store/dropLasting.ts';
import type { IntakeServices } from '../services.ts';

const dayLength = 86_400_000;

/** Under legal hold it stays. @param now Unix milliseconds */
export async function dropFormer(
  { database, registry }: Pick<IntakeServices, 'database' | 'registry'>,
  now: number,
): Promise<void> {
  for (const { dataset, left, bound, endedBy } of await leftVersions(database.app)) {
    const [former, current] = [left, bound].map((urn) => registry.current.schemas.get(urn)?.schema);
    if (former === undefined || current === undefined) continue;
    const switchedAt = Number.parseInt(endedBy.replaceAll('-', '').slice(0, 12), 16);
    const table = datasetTable(dataset, former);
    // a dataset may have gone back to it
    if (now - switchedAt < dayLength || table === datasetTable(dataset, current)) continue;
    try {
      await dropLasting(database, dataset, table);
    } catch (error) {
      if (!isRepeatable(error)) throw error; // somebody reads it at this moment: the next time
    }
  }
}
