import type { components } from '../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { providerStopEnds, stopSides } from '../../domain/stops.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { stoppedAgreements } from '../../store/policy/providerStops.ts';
import type { Services } from '../services.ts';
import { ownPlaces } from './places.ts';

/** Agreements of her departments, on either side, that somebody stopped; to the data office all of them. */
export async function stoppedHere(
  { caller }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<components['schemas']['Waiting']['stops']> {
  const own = ownPlaces(identity, caller.grants);
  const rows = await stoppedAgreements(database.app);
  return rows.flatMap(({ id, version, consumer, provider, stops, first }) => {
    if (consumer === null || provider === null) return [];
    if (own !== undefined && !own.includes(consumer) && !own.includes(provider)) return [];
    const alone = stops.provider !== undefined && stops.office === undefined && first !== null;
    const ends = alone ? providerStopEnds(first, chinaWorkingCalendar) : undefined;
    return [
      {
        agreement: `${id}@${version}`,
        ...{ consumer, provider, sides: stopSides.filter((side) => stops[side] !== undefined) },
        ...(ends === undefined ? {} : { until: ends.day, provisional: ends.provisional }),
      },
    ];
  });
}
