/**
 * Renews a department's certificate in time. From half of its lifetime on, a signed call renews it. In its grace period (after a long
 * holiday) the open listener does. The client uses the new certificate while it runs.
 */
import { DatongProblem } from './datongProblem.ts';
import type { IssuedCertificate } from './issuedCertificate.ts';
import type { Renewing } from './ownCertificate.ts';

/** As `OwnCertificate` of a client. */
interface Renewable {
  renewWhenDue(how: Renewing): Promise<IssuedCertificate | undefined>;
}

/** milliseconds between a check that reached no listener and the next one */
const afterNone = 60_000;

/** A cut connection is not listed: that is how a hub ends the handshake when it refuses the certificate. */
const noneThere = /^(?:ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST.*|ENET.*)$/;

/** True where the hub or the network is down. A refusal would be the same a minute later. */
function reachedNone(error: unknown): boolean {
  if (error instanceof DatongProblem) return error.status === 503;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && noneThere.test(code);
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
export function storeCertificate(
  { certificate }: { readonly certificate: Renewable },
  keeping: Keeping,
): Keeper {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const { every = 3_600_000 } = keeping;
  const lookIn = (milliseconds: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void look(), milliseconds).unref();
  };
  const once = async (): Promise<void> => {
    try {
      const issued = await certificate.renewWhenDue(keeping);
      lookIn(every);
      if (issued !== undefined) keeping.renewed?.(issued);
    } catch (error) {
      lookIn(reachedNone(error) ? Math.min(every, afterNone) : every);
      keeping.failed?.(error);
    }
  };
  const look = (): Promise<void> => (running ??= once().finally(() => (running = undefined)));
  lookIn(every);
  return {
    look,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
