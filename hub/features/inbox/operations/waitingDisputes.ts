import type { components } from '../../../../api/openapi.ts';
import type { InboxViewer } from './viewer.ts';
import { pageDisputes } from '../../disputes/store/disputes.ts';
import { disputeView } from '../../disputes/operations/disputes.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';

const maxItems = 1_000;

/**
 * Returns to stewards of the two departments the disputes that they must settle or that were decided. Stewards of the data office get
 * those before the office, or taken to the government.
 */
export async function waitingDisputes(
  { caller }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['DisputeView'][]> {
  const own = departmentsOf(caller);
  const ofOffice = caller.grants.some(
    ({ role, department }) => role === 'steward' && department === undefined,
  );
  if (own.length === 0 && !ofOffice) return [];
  const filter = { open: true, ...(ofOffice ? {} : { departments: own }) };
  const { rows } = await pageDisputes(database.app, filter, { after: undefined, maxRows: maxItems });
  return rows
    .filter(({ state, raised, other }) =>
      state === 'office' || state === 'government' ? ofOffice : own.includes(raised) || own.includes(other),
    )
    .map((dispute) => ({ ...disputeView(dispute, identity), ...sinceOf(dispute.events.at(-1)) }));
}

/** The last step began the current state. */
const sinceOf = (last: { readonly at: number } | undefined): { readonly since?: string } =>
  last === undefined ? {} : { since: moment(last.at) };
