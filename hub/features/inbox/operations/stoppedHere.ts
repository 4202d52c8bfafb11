import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { documentName } from '../../../../policies/documents/storedDocument.ts';
import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { providerStopEnds, stopSides, type StopSide } from '../../../domain/stops.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { stopReasons } from '../../../registry/store/policy/stopReasons.ts';
import { stoppedAgreements } from '../../../registry/store/policy/providerStops.ts';
import type { Services } from '../../common/services.ts';
import { stopsTold } from '../../agreements/operations/stopsTold.ts';
import { moment } from '../../common/listing.ts';
import { ownPlaces } from '../../../identity/staffPlaces.ts';
import type { Undated } from './undated.ts';

/** Agreements of her departments, on either side, that somebody stopped, or whose dataset is suspended; to the data office all of them. */
export async function stoppedHere(
  { caller }: Call<StaffCaller>,
  { database, identity, registry }: Services,
): Promise<readonly Undated<'stops', 'provisional'>[]> {
  const own = ownPlaces(identity, caller.grants);
  const rows = await stoppedAgreements(database.app);
  await registry.refresh();
  const { datasets, plans } = registry.current;
  const suspended = new Map(
    plans.all.flatMap(({ ref, agreement }) => {
      const row = datasets.get(ref.dataset)?.row;
      if (row?.state !== 'suspended') return [];
      const { consumer, dataset } = ref;
      if (own !== undefined && !own.includes(consumer) && !own.includes(row.department)) return [];
      const since = row.stoppedBy === null ? {} : { since: moment(timeOfUuid7(row.stoppedBy)) };
      const side: StopSide = row.suspendedByOffice ? 'office' : 'provider';
      const reasons = [{ side, ...since, ...(row.reason === null ? {} : { reason: row.reason }) }];
      const told = {
        ...{ agreement: documentName(agreement), consumer, provider: row.department },
        ...{ sides: [side], reasons },
      };
      return [[`${told.agreement} ${consumer} ${dataset}`, { ...told, dataset, ...since }] as const];
    }),
  );
  const said = await stopReasons(
    database.app,
    rows.map(({ stops }) => stops),
  );
  const stopped = rows.flatMap(({ id, version, consumer, provider, stops, first }) => {
    if (consumer === null || provider === null) return [];
    if (own !== undefined && !own.includes(consumer) && !own.includes(provider)) return [];
    const entries = Object.values(stops);
    const alone = stops.provider !== undefined && stops.office === undefined && first !== null;
    const ends = alone ? providerStopEnds(first, chinaWorkingCalendar) : undefined;
    return [
      {
        agreement: `${id}@${version}`,
        ...{ consumer, provider, sides: stopSides.filter((side) => stops[side] !== undefined) },
        reasons: stopsTold(stops, said),
        ...(entries.length === 0 ? {} : { since: moment(Math.min(...entries.map(timeOfUuid7))) }),
        ...(ends === undefined ? {} : { until: ends.day, provisional: ends.provisional }),
      },
    ];
  });
  return [...stopped, ...suspended.values()];
}
