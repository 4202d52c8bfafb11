import { verdictOf, type Owner, type StaffOperation } from '../../domain/permissions.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listRisks as risksIn, type RiskRow } from '../../store/risks/risks.ts';
import type { Services } from '../services.ts';
import { riskView } from './riskView.ts';

const most = 1_000;

/** What the rules over the log found: the data office's persons see all, those of a department what it gave or got. */
export async function listRisks(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const unanswered = call.query['unanswered'] === 'true';
  const rows = await risksSeenBy(call.caller, services, 'listRisks', unanswered);
  return allowed(
    200,
    { risks: rows.map((row) => riskView(row, call.now)) },
    { facts: { change: { risks: rows.length } } },
  );
}

/** Those that a person may do something with. */
export async function risksSeenBy(
  { grants }: StaffCaller,
  { database, identity }: Services,
  operation: StaffOperation,
  unanswered: boolean,
): Promise<readonly RiskRow[]> {
  if (verdictOf(operation, grants, [undefined]) === 'act') return risksIn(database.app, { unanswered }, most);
  const place = (code: string): Owner => (identity.department(code)?.dataOffice === true ? undefined : code);
  const departments = grants.flatMap(({ department }) =>
    department !== undefined && verdictOf(operation, grants, [place(department)]) === 'act'
      ? [department]
      : [],
  );
  return departments.length === 0 ? [] : risksIn(database.app, { departments, unanswered }, most);
}
