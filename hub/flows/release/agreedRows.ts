import type { ConsentCode } from '../../../policies/consents/verdict.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { verdictsOf, type ConsentCheck, type Consented, type KnownConsentState } from './consents.ts';
import type { ReleaseServices } from './services.ts';

/**
 * Returns the rows whose subjects consented, in their order; all rows where no consent is required.
 * @param notRead why the rows of some subjects were not read: the call named them and they did not consent
 */
export async function agreedRows(
  services: ReleaseServices,
  check: ConsentCheck | undefined,
  rows: readonly FetchedRow[],
  notRead: Iterable<ConsentCode> = [],
): Promise<{ readonly agreed: readonly FetchedRow[]; readonly consented: Consented }> {
  const withheld = new Map<ConsentCode, number>();
  const decidedOn: KnownConsentState[] = [];
  if (check === undefined) return { agreed: rows, consented: { withheld, decidedOn } };
  for (const fault of notRead) withheld.set(fault, (withheld.get(fault) ?? 0) + 1);
  const agreed: FetchedRow[] = [];
  for (const verdict of await verdictsOf(services, check, { rows })) {
    if ('fault' in verdict) {
      withheld.set(verdict.fault, (withheld.get(verdict.fault) ?? 0) + 1);
      continue;
    }
    agreed.push(verdict.row);
    decidedOn.push(verdict.known);
  }
  return { agreed, consented: { withheld, decidedOn } };
}
