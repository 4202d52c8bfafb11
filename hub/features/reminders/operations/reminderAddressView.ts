import type { components } from '../../../../api/openapi.ts';
import { reminderHost } from '../../../domain/reminderPlaces.ts';
import { openAddress } from '../reminderSecret.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import type { ReminderAddressRow } from '../store/addresses.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';

/** An address as it is shown, to its owner too: where it lies, never the address. */
export function reminderAddressView(
  row: ReminderAddressRow,
  { keys }: Pick<Services, 'keys'>,
): components['schemas']['ReminderAddress'] {
  const { kind, owner, way, setBy, setAt, endedAt, madeAt, trouble } = row;
  const address = openAddress(sealerOf(keys.sealing), row);
  return {
    ...(kind === 'department' ? { department: owner } : {}),
    ...{ way, host: reminderHost(way, address), setBy, setAt: moment(setAt) },
    ...(endedAt !== null && trouble === null ? { lastTaken: moment(endedAt) } : {}),
    ...(madeAt !== null && endedAt === null ? { underWaySince: moment(madeAt) } : {}),
    ...(trouble === null ? {} : { trouble }),
  };
}
