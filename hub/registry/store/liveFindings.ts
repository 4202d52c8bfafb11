/** Rejected parts of the answers of a provider's service: places, rules and counts for the provider, never values. */
import { momentAt, momentOf, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface LiveFinding {
  readonly exchange: string;
  /** Unix milliseconds */
  readonly at: number;
  /** `refused` with the rule, or `dropped` with counts and `findings` */
  readonly told: object;
}

/** Maximum per dataset; older ones are deleted. */
const maxFindings = 50;

/** @param reported without values @param place.now Unix milliseconds */
export async function storeFindings(
  reader: Reader,
  { dataset, exchange, now }: { readonly dataset: string; readonly exchange: string; readonly now: number },
  reported: object,
): Promise<void> {
  await reader.query(
    `WITH kept AS (
       INSERT INTO live_finding (dataset, exchange, told, at) VALUES ($1, $2, $3, ${momentAt('$4')}))
     DELETE FROM live_finding
      WHERE dataset = $1 AND nth <= (SELECT nth FROM live_finding WHERE dataset = $1 ORDER BY nth DESC OFFSET $5 LIMIT 1)`,
    [dataset, exchange, JSON.stringify(reported), now, maxFindings - 1],
  );
}

/** Newest first. */
export async function findingsOf(reader: Reader, dataset: string): Promise<readonly LiveFinding[]> {
  const { rows } = await reader.query<{ exchange: string; told: object; moment: string }>(
    `SELECT exchange, told, ${momentOf('at')} AS moment FROM live_finding WHERE dataset = $1 ORDER BY nth DESC LIMIT $2`,
    [dataset, maxFindings],
  );
  return rows.map(({ exchange, told: reported, moment }) => ({
    exchange,
    told: reported,
    at: readMoment(moment),
  }));
}
