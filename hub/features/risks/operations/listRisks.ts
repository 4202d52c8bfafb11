import { listRisks as risksIn } from '../store/risks.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { riskReaders as permission, riskView, riskPlaces } from './risks.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * GET /v1/risks: findings of the rules over the log. The data office's persons see all; those of a department see what it provided or
 * received.
 */
export const listRisks = operation('listRisks', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const page = requestedPage(call.query, names.risk);
    const { unanswered, rule, consumer } = call.query;
    const [rank, due = '', id = ''] = page.after?.split('~') ?? [];
    const departments = riskPlaces(call.caller, services, permission);
    const rows = await risksIn(
      services.database.app,
      {
        ...defined({ departments }),
        unanswered: unanswered === 'true',
        rule,
        consumer,
        ...(rank === undefined ? {} : { after: { acknowledged: rank === '1', due, id } }),
      },
      oneMore(page).maxRows,
    );
    return listed(
      call,
      'risks',
      page,
      rows,
      (row) => `${row.state === 'acknowledged' ? 1 : 0}~${row.due}~${row.id}`,
      (row) => riskView(row, call.now, services.identity),
    );
  },
});
