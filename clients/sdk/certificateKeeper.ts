/**
 * Renews a department's certificate in time. From half of its lifetime on, a signed call renews it. In its grace period (after a long
 * holiday) the open listener does. The client uses the new certificate while it runs.
 */
import { DatongProblem } from './datongProblem.ts';
import type { IssuedCertificate } from './issuedCertificate.ts';
import type { Renewing } from './ownCertificate.ts';

/** The part of `OwnCertificate` that is used here. */
interface Renewable {
  renewWhenDue(how: Renewing): Promise<IssuedCertificate | undefined>;
}

/** milliseconds between a check that reached no listener and the next one */
const retryMs = 60_000;

/** A cut connection is not listed: that is how a hub ends the handshake when it refuses the certificate. */
const unreachableCodes = /^(?:ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST.*|ENET.*)$/;

/** True where the hub or the network is down. A refusal would be the same a minute later. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof DatongProblem) return error.status === 503;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && unreachableCodes.test(code);
}

export interface Keeping extends Renewing {
  /** milliseconds between two checks; one hour where absent */
  readonly every?: number;
  /** called with each renewed certificate */
  readonly renewed?: (issued: IssuedCertificate) => void;
  /**
   * called with the error of each failed attempt. Where the hub was not reached, the next attempt follows a minute later: after a holiday
   * its machine may start last
   */
  readonly failed?: (error: unknown) => void;
}

export interface Keeper {
  /** Checks now, and renews the certificate where it is due. Never rejects. */
  look(): Promise<void>;
  stop(): void;
}

/** Checks the client's certificate at intervals and renews it in time. */
export function keepCertificateRenewed(
  { certificate }: { readonly certificate: Renewable },
  keeping: Keeping,
): Keeper {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const { every: everyMs = 3_600_000 } = keeping;
  const checkIn = (milliseconds: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void check(), milliseconds).unref();
  };
  const once = async (): Promise<void> => {
    try {
      const issued = await certificate.renewWhenDue(keeping);
      checkIn(everyMs);
      if (issued !== undefined) keeping.renewed?.(issued);
    } catch (error) {
      checkIn(isUnreachable(error) ? Math.min(everyMs, retryMs) : everyMs);
      keeping.failed?.(error);
    }
  };
  const check = (): Promise<void> => (running ??= once().finally(() => (running = undefined)));
  checkIn(everyMs);
  return {
    look: check,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
