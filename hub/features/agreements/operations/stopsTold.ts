import type { components } from '../../../../api/openapi.ts';
import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { stopSides } from '../../../domain/stops.ts';
import type { Stops } from '../../../registry/store/policy/policyDocuments.ts';
import { moment } from '../../common/listing.ts';

/** Side by side since when, and why: for the parties of the agreement and the data office. @param reasons by the entry of the stop */
export const stopsTold = (
  stops: Stops,
  reasons: ReadonlyMap<string, string>,
): components['schemas']['StopTold'][] =>
  stopSides.flatMap((side) => {
    const entry = stops[side];
    if (entry === undefined) return [];
    const reason = reasons.get(entry);
    return [{ side, since: moment(timeOfUuid7(entry)), ...(reason === undefined ? {} : { reason }) }];
  });
