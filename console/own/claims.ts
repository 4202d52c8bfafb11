/**
 * What she typed and has not sent, kept in this window: a reload, or a session that ended, loses nothing of it. It is hers alone: it is kept
 * beside the id of one of her looks, which nobody else has, and where the page opens for somebody without that look it is gone.
 */
const place = 'datong-claims';

interface Kept {
  /** the look that says whose it is */
  readonly look: string;
  /** by what each is about */
  readonly claims: Readonly<Record<string, string>>;
}

function read(): Kept | undefined {
  try {
    return JSON.parse(window.sessionStorage.getItem(place) ?? '') as Kept;
  } catch {
    return undefined;
  }
}
const write = (kept: Kept): void => window.sessionStorage.setItem(place, JSON.stringify(kept));

/** Whose page it is from now on. @param looks ids of what she sees: without one, nothing is kept */
export function claimsOf(looks: readonly string[]): void {
  const kept = read();
  if (kept !== undefined && looks.includes(kept.look)) return;
  const [look] = looks;
  if (look === undefined) forgetClaims();
  else write({ look, claims: {} });
}

/** @param about the look or the data it is about, with what is asked for */
export const keptClaim = (about: string): string => read()?.claims[about] ?? '';

/** What looks like an identity number is typed by mistake: the hub takes no such claim, and this window keeps none. */
const numbered = /\d{15}/;

/** @param claim an empty one is not kept */
export function keepClaim(about: string, claim: string): void {
  const kept = read();
  if (kept === undefined) return;
  const { [about]: _before, ...others } = kept.claims;
  write({ ...kept, claims: claim === '' || numbered.test(claim) ? others : { ...others, [about]: claim } });
}

export const forgetClaims = (): void => window.sessionStorage.removeItem(place);
