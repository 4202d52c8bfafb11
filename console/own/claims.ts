/**
 * What she typed and has not sent, kept in this window: a reload, or a session that ended, loses nothing of it. It is hers alone: it is kept
 * under what the hub tells her session alone, never under a look or a dataset, which many persons share; for anybody else it is gone.
 */
const place = 'datong-claims';

interface Kept {
  /** whose it is, as the hub tells it */
  readonly visitor: string;
  /** by what each is about */
  readonly claims: Readonly<Record<string, string>>;
}

function read(): Kept | undefined {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(place) ?? '') as Kept;
    return typeof kept.visitor === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}
const write = (kept: Kept): void => window.sessionStorage.setItem(place, JSON.stringify(kept));

/** Whose page it is from now on: what another one typed here is gone. @param visitor of the hub's answer to her session */
export function claimsOf(visitor: string): void {
  if (read()?.visitor !== visitor) write({ visitor, claims: {} });
}

/** @param about the look or the data it is about, with what is asked for */
export const keptClaim = (about: string): string => read()?.claims[about] ?? '';

/** What looks like an identity number, whole in groups or most of it in one piece, is typed by mistake: this window keeps none. */
const numbered = /\d{11}|\d(?:[\s\p{P}\p{Cf}]{0,2}\d){14}/u;
const namesAnybody = (text: string): boolean => numbered.test(text.normalize('NFKC'));

/** @param claim an empty one is not kept */
export function keepClaim(about: string, claim: string): void {
  const kept = read();
  if (kept === undefined) return;
  const { [about]: _before, ...others } = kept.claims;
  write({ ...kept, claims: claim === '' || namesAnybody(claim) ? others : { ...others, [about]: claim } });
}

export const forgetClaims = (): void => window.sessionStorage.removeItem(place);
