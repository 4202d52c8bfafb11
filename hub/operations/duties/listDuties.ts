import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';
import { aWeekOn } from '../../domain/duty.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { listDuties as dutiesOf } from '../../store/duties/listDuties.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { dutyView } from './dutyView.ts';

const most = 1_000;

/** GET /v1/duties: what the caller's departments owe for data they received, and what is owed for data of theirs; to the data office all. */
export async function listDuties(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { due, department } = call.query;
  const today = civilDateText(civilDateInChina(call.now));
  const departments = reachOf('listDuties', call.caller);
  const rows = await dutiesOf(
    database.app,
    {
      ...(departments === undefined ? {} : { departments }),
      ...(department === undefined ? {} : { with: department }),
      ...(due === 'true' ? { openUntil: aWeekOn(today) } : {}),
    },
    most,
  );
  return allowed(
    200,
    { duties: rows.map((row) => dutyView(row, call.now)) },
    { facts: { change: { duties: rows.length } } },
  );
}
