import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';
import { aWeekOn } from '../../domain/duty.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { listDuties as dutiesOf } from '../../store/duties/listDuties.ts';
import type { Services } from '../services.ts';
import { dutyView } from './dutyView.ts';

const most = 1_000;

/** GET /v1/duties: what the caller owes for data it received, and what is owed for data of its own. */
export async function listDuties(call: Call<DepartmentCaller>, { database }: Services): Promise<Outcome> {
  const { department } = call.caller;
  const today = civilDateText(civilDateInChina(call.now));
  const rows = await dutiesOf(
    database.app,
    { departments: [department], ...(call.query['due'] === 'true' ? { openUntil: aWeekOn(today) } : {}) },
    most,
  );
  return allowed(
    200,
    { duties: rows.map((row) => dutyView(row, call.now)) },
    { facts: { change: { duties: rows.length } } },
  );
}
