import type { Caller } from '../identity/authentication/caller.ts';
import type { Carried } from './entryOf.ts';
import type { GateServices, Passage } from './passage.ts';

/** The entry stands: what fails from here on is reported and cannot take the answer back. */
export async function tellDurable<C extends Caller>(
  services: GateServices,
  { exchange, operation }: Passage<C>,
  { whenDurable }: Carried,
  receipt: string,
): Promise<void> {
  try {
    await whenDurable?.(receipt);
  } catch (error) {
    services.report({ exchange, operation: operation.id, error });
  }
}
