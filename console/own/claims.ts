/**
 * Stores what the person typed and has not sent, in this window: a reload or an ended session loses nothing. The text belongs to this
 * person alone. Its key is the hub's id of their session, never an access record or a dataset, which many persons share. For any other
 * person it is deleted.
 */
const place = 'datong-claims';

interface StoredClaims {
  /** id of the session's person, as the hub returns it */
  readonly visitor: string;
  /** by what each is about */
  readonly claims: Readonly<Record<string, string>>;
}

function read(): StoredClaims | undefined {
  try {
    const stored = JSON.parse(window.sessionStorage.getItem(place) ?? '') as StoredClaims;
    return typeof stored.visitor === 'string' ? stored : undefined;
  } catch {
    return undefined;
  }
}
const write = (claims: StoredClaims): void => window.sessionStorage.setItem(place, JSON.stringify(claims));

/** Sets the person of the page; texts that another person typed here are deleted. @param visitor of the hub's answer for the session */
export function claimsOf(visitor: string): void {
  if (read()?.visitor !== visitor) write({ visitor, claims: {} });
}

/** @param about the access record or the data it is about, with what is asked for */
export const storedClaim = (about: string): string => read()?.claims[about] ?? '';

/** A text that looks like an identity number, in groups or mostly in one piece, was typed by mistake: this window does not store it. */
const numbered = /\d{11}|\d(?:[\s\p{P}\p{Cf}]{0,2}\d){14}/u;
const looksLikeIdentityNumber = (text: string): boolean => numbered.test(text.normalize('NFKC'));

/** @param claim an empty one is not stored */
export function storeClaim(about: string, claim: string): void {
  const stored = read();
  if (stored === undefined) return;
  const { [about]: _before, ...others } = stored.claims;
  write({
    ...stored,
    claims: claim === '' || looksLikeIdentityNumber(claim) ? others : { ...others, [about]: claim },
  });
}

export const forgetClaims = (): void => window.sessionStorage.removeItem(place);
