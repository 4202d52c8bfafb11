import type { components } from '../../../../api/openapi.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { aWeekOn } from '../../../domain/duty.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listDuties } from '../../duties/store/listDuties.ts';
import { dutyView } from '../../duties/operations/dutyView.ts';
import type { Services } from '../../common/services.ts';
import { ownPlaces } from '../../../identity/staffPlaces.ts';

const most = 1_000;

/** What her departments owe within a week, and what is owed to them and overdue. */
export async function openDuties(
  { caller, now }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly components['schemas']['Duty'][]> {
  const own = ownPlaces(identity, caller.grants);
  const openUntil = aWeekOn(dayInChina(now));
  const filter = { openUntil, ...(own === undefined ? {} : { departments: own }) };
  const duties = (await listDuties(database.app, filter, most)).map((row) => dutyView(row, now));
  return duties.filter(
    ({ consumer, state }) => own === undefined || own.includes(consumer) || state === 'overdue',
  );
}
