import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { standingHolds, type LegalHoldRow } from '../../store/audit/legalHolds.ts';
import type { Services } from '../services.ts';
import { namesBeside } from '../namesBeside.ts';

const most = 1_000;

/** What is held, why, and until when. */
export async function listHolds(call: Call<StaffCaller>, { database, identity }: Services): Promise<Outcome> {
  const holds = (await standingHolds(database.app, call.now, most)).map((row) => ({
    ...{ id: row.id, on: thingOf(row), reason: row.reason, case: row.caseNumber },
    ...{ until: new Date(row.until).toISOString(), author: row.author, approver: row.approver },
    ...namesBeside(identity, { author: row.author, approver: row.approver }),
  }));
  return allowed(200, { holds }, { facts: { change: { holds: holds.length } } });
}

/** Whom a hold is on is not said: the row has but a hash. */
function thingOf({ kind, target }: LegalHoldRow): object {
  if (kind === 'subject') return { subject: true };
  if (kind !== 'entries') return { [kind]: target };
  const [first, last] = target.split('-').map(Number);
  return { entries: { first, last } };
}
