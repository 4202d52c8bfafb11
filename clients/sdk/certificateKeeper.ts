/**
 * A department's certificate renews itself: from half of its life on by a signed call, and in its grace, after a long holiday, on the open
 * listener. What a client was made with is replaced while it works.
 */
import { DatongProblem } from './datongProblem.ts';
import type { IssuedCertificate } from './issuedCertificate.ts';
import type { Renewing } from './ownCertificate.ts';

/** As `OwnCertificate` of a client. */
interface Renewable {
  renewWhenDue(how: Renewing): Promise<IssuedCertificate | undefined>;
}

/** ms from a look that reached nobody to the next */
const afterNone = 60_000;

/** A connection that is cut is not among them: that is how a hub ends the handshake of whose certificate it refuses. */
const noneThere = /^(?:ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST.*|ENET.*)$/;

/** The hub or the way to it is not up; a refusal is the same a minute later. */
function reachedNone(error: unknown): boolean {
  if (error instanceof DatongProblem) return error.status === 503;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && noneThere.test(code);
}

export interface Keeping extends Renewing {
  /** milliseconds between two looks, an hour where absent */
  readonly every?: number;
  /** told of each renewal */
  readonly renewed?: (issued: IssuedCertificate) => void;
  /**
   * told of each attempt that failed; where it reached nobody it is tried again a minute later, for behind a holiday the hub's machine may
   * come up last
   */
  readonly failed?: (error: unknown) => void;
}

export interface Keeper {
  /** Looks now, and renews where it is time. Never rejects. */
  look(): Promise<void>;
  stop(): void;
}

/** Looks at the client's certificate now and then, and has it renewed in time. */
export function storeCertificate(
  { certificate }: { readonly certificate: Renewable },
  keeping: Keeping,
): Keeper {
  let looking: Promise<void> | undefined;
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
  const look = (): Promise<void> => (looking ??= once().finally(() => (looking = undefined)));
  lookIn(every);
  return {
    look,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
