import type { AllowedOutcome, Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import type { Registered } from './registration.ts';

/** The persons behind a registration. */
export interface Hands {
  readonly author: string;
  /** who accepted it for its owner; null where nobody had to */
  readonly approver: string | null;
}

/** Something that another person has to agree to first, whoever does it. */
export interface Asked {
  /** what it is called by while it waits */
  readonly told: Registered;
  /** whether it is the security officer's to agree to */
  readonly needsOfficer: boolean;
  /** what is kept of it: what she is shown, and agrees to */
  readonly body: object;
}

/** Checks a registration and describes what it would do. The caller does it at once, or stores it as a proposal. */
export type Registrar = (
  call: Call<StaffCaller>,
  services: Services,
  hands: Hands,
) => Promise<AllowedOutcome & { readonly asks?: Asked }>;
