import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** The persons behind a registration. */
export interface Hands {
  readonly author: string;
  /** who accepted it for its owner; null where nobody had to */
  readonly approver: string | null;
}

/** Checks a registration and says what it would do; what becomes of that is its caller's: done at once, or proposed. */
export type Registrar = (
  call: Call<StaffCaller>,
  services: Services,
  hands: Hands,
) => Promise<AllowedOutcome>;
