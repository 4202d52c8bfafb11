import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listRisks as risksIn } from '../../store/risks/risks.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { riskPlaces } from './riskPlaces.ts';
import { riskView } from './riskView.ts';

/** GET /v1/risks: what the rules over the log found. The data office's persons see all, those of a department what it gave or got. */
export async function listRisks(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const page = pageAsked(call.query, names.risk);
  const { unanswered, rule, consumer } = call.query;
  const [rank, due = '', id = ''] = page.after?.split('~') ?? [];
  const departments = riskPlaces(call.caller, services, 'listRisks');
  const rows = await risksIn(
    services.database.app,
    {
      ...(departments === undefined ? {} : { departments }),
      ...{ unanswered: unanswered === 'true', rule, consumer },
      ...(rank === undefined ? {} : { after: { acknowledged: rank === '1', due, id } }),
    },
    oneMore(page).most,
  );
  return listed(
    'risks',
    page,
    rows,
    (row) => `${row.state === 'acknowledged' ? 1 : 0}~${row.due}~${row.id}`,
    (row) => riskView(row, call.now, services.identity),
  );
}
