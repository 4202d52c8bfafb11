import type { components } from '../../../../api/openapi.ts';
import type { Dispute } from '../../../domain/dispute.ts';
import { isOfOffice } from '../../../domain/permissions.ts';
import type { InboxViewer } from './viewer.ts';
import { type DisputeFilter, pageDisputes } from '../../disputes/store/disputes.ts';
import { disputeView } from '../../disputes/operations/disputes.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';

const maxItems = 1_000;

/**
 * Returns the open disputes that wait for the caller. Stewards of the two departments get those between them and those that the office
 * decided. Stewards of the data office get those at the office or at the government.
 */
export async function waitingDisputes(
  { caller }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['DisputeView'][]> {
  const own = departmentsOf(caller);
  const ofOffice = isOfOffice(caller.grants, ['steward']);
  const page = { after: undefined, maxRows: maxItems };
  const read = async (filter: DisputeFilter): Promise<readonly Dispute[]> =>
    (await pageDisputes(database.app, { open: true, ...filter }, page)).rows;
  const found = [
    ...(own.length === 0 ? [] : await read({ departments: own, states: ['between', 'decided'] })),
    ...(ofOffice ? await read({ states: ['office', 'government'] }) : []),
  ];
  return found.map((dispute) => ({ ...disputeView(dispute, identity), ...sinceOf(dispute.events.at(-1)) }));
}

/** The last step began the current state. */
const sinceOf = (last: { readonly at: number } | undefined): { readonly since?: string } =>
  last === undefined ? {} : { since: moment(last.at) };
