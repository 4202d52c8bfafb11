import { X509Certificate } from 'node:crypto';
import { lifetimes, renewableFrom } from '../../certs/authority/lifetimes.ts';

/** none: too early. signed: on the exchange listener. grace: on the open one. over: only a new enrolment code helps. */
export type RenewalWay = 'none' | 'signed' | 'grace' | 'over';

/** @param chain PEM, the leaf first @param now Unix milliseconds */
export function renewalWay(chain: string, now: number): RenewalWay {
  const { validFrom, validTo } = new X509Certificate(chain);
  const [notBefore, notAfter] = [Date.parse(validFrom), Date.parse(validTo)];
  if (now < renewableFrom({ notBefore, notAfter })) return 'none';
  if (now < notAfter) return 'signed';
  return now <= notAfter + lifetimes.grace ? 'grace' : 'over';
}
