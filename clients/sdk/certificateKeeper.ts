/**
 * A department's certificate renews itself: from half of its life on by a signed call, and in its grace, after a long holiday, on the open
 * listener. What a client was made with is replaced while it works.
 */
import type { IssuedCertificate } from './issuedCertificate.ts';
import type { Renewing } from './ownCertificate.ts';

/** As `OwnCertificate` of a client. */
interface Renewable {
  renewWhenDue(how: Renewing): Promise<IssuedCertificate | undefined>;
}

export interface Keeping extends Renewing {
  /** milliseconds between two looks, an hour where absent */
  readonly every?: number;
  /** told of each renewal */
  readonly renewed?: (issued: IssuedCertificate) => void;
  /** told of each attempt that failed; the next look tries again */
  readonly failed?: (error: unknown) => void;
}

export interface Keeper {
  /** Looks now, and renews where it is time. Never rejects. */
  look(): Promise<void>;
  stop(): void;
}

/** Looks at the client's certificate now and then, and has it renewed in time. */
export function keepCertificate(
  { certificate }: { readonly certificate: Renewable },
  keeping: Keeping,
): Keeper {
  let looking: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    try {
      const issued = await certificate.renewWhenDue(keeping);
      if (issued !== undefined) keeping.renewed?.(issued);
    } catch (error) {
      keeping.failed?.(error);
    }
  };
  const look = (): Promise<void> => (looking ??= once().finally(() => (looking = undefined)));
  const timer = setInterval(() => void look(), keeping.every ?? 3_600_000).unref();
  return { look, stop: () => clearInterval(timer) };
}
