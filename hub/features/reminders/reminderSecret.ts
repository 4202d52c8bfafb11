/** An address of reminders: sealed from the moment it comes, for it may be a person's or hold a token. */
import type { ReminderPlace } from '../../domain/reminder.ts';
import type { Sealer } from '../../flows/rows/store/sealedParts.ts';

const contextOf = ({ kind, owner, way }: ReminderPlace): string => `${way} of ${kind} ${owner}`;

export const sealAddress = (sealer: Sealer, place: ReminderPlace, address: string): Buffer =>
  Buffer.from(sealer.seal(Buffer.from(address, 'utf8'), contextOf(place)));

/** @throws Problem sealed_bytes_damaged, also of one that was sealed for somebody else */
export const openAddress = (sealer: Sealer, place: ReminderPlace & { readonly sealed: Buffer }): string =>
  Buffer.from(sealer.open(place.sealed, contextOf(place))).toString('utf8');
