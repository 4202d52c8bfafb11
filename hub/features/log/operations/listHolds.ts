import { standingHolds, type LegalHoldRow } from '../../../log/store/legalHolds.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { overseen } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/legal-holds: what is held, why, and until when. @throws Problem cursor_invalid */
export const listHolds = operation('listHolds', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (call, { database, identity }) => {
    const page = pageAsked(call.query, names.hold);
    const [until, id] = (page.after ?? '').split('~');
    const { kind, case: caseNumber } = call.query;
    const after = id === undefined ? {} : { after: { until: Number(until), id } };
    const rows = await standingHolds(
      database.app,
      { now: call.now, kind, caseNumber, ...after },
      oneMore(page).most,
    );
    return listed(
      call,
      'holds',
      page,
      rows,
      (row) => `${row.until}~${row.id}`,
      (row) => ({
        ...{ id: row.id, on: thingOf(row), reason: row.reason, case: row.caseNumber },
        ...{ until: moment(row.until), author: row.author, approver: row.approver },
        ...namesBeside(identity, { author: row.author, approver: row.approver }),
      }),
    );
  },
});

/** Whom a hold is on is not said: the row has but a hash. */
function thingOf({ kind, target }: LegalHoldRow) {
  if (kind === 'subject') return { subject: true as const };
  if (kind === 'dataset') return { dataset: target };
  if (kind === 'agreement') return { agreement: target };
  const [first = 0, last = 0] = target.split('-').map(Number);
  return { entries: { first, last } };
}
