import { dayInChina } from '../../../../terms/civilDate.ts';
import { aWeekOn } from '../../../domain/duty.ts';
import { listDuties as dutiesOf } from '../store/listDuties.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { dutyView } from './dutyView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seen;

/** GET /v1/duties: what the caller's departments owe for data they received, and what is owed for data of theirs; to the data office all. */
export const listDuties = operation('listDuties', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.duty);
    const { due, department } = call.query;
    const today = dayInChina(call.now);
    const departments = reachOf(permission, call.caller);
    const [answered, on = '', receivedFrom = '', id = ''] = page.after?.split('~') ?? [];
    const rows = await dutiesOf(
      database.app,
      {
        ...(departments === undefined ? {} : { departments }),
        ...(department === undefined ? {} : { with: department }),
        ...(due === 'true' ? { openUntil: aWeekOn(today) } : {}),
        ...(answered === undefined
          ? {}
          : { after: { answered: answered === '1', due: on, receivedFrom, id } }),
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'duties',
      page,
      rows,
      (row) => `${row.answeredBy === null ? 0 : 1}~${row.due}~${row.receivedFrom}~${row.id}`,
      (row) => dutyView(row, call.now),
    );
  },
});
