/** An address of reminders. It is sealed on receipt, because it may be a person's or contain a token. */
import type { ReminderPlace } from '../../domain/reminder.ts';
import type { Sealer } from '../../flows/rows/store/sealedParts.ts';

const contextOf = ({ kind, owner, way }: ReminderPlace): string => `${way} of ${kind} ${owner}`;

export const sealAddress = (sealer: Sealer, place: ReminderPlace, address: string): Buffer =>
  Buffer.from(sealer.seal(Buffer.from(address, 'utf8'), contextOf(place)));

/** @throws Problem sealed_bytes_damaged, also for an address that was sealed for another owner */
export const openAddress = (sealer: Sealer, place: ReminderPlace & { readonly sealed: Buffer }): string =>
  Buffer.from(sealer.open(place.sealed, contextOf(place))).toString('utf8');
