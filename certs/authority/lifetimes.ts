const day = 86_400_000;

/** Lifetimes in milliseconds. */
export const lifetimes = {
  root: 20 * 365 * day,
  intermediate: 5 * 365 * day,
  /** a department's or a listener's certificate */
  leaf: 30 * day,
  /** after its end a certificate may still be exchanged for a new one on the open listener: offices switch off over long holidays */
  grace: 30 * day,
  /** The list is renewed at half of this: an expired list rejects everyone. */
  revocationList: 7 * day,
  /** Certificates begin slightly in the past, for clocks that are slow. */
  backdated: 5 * 60_000,
} as const;

/** The moment from which a certificate may be renewed: half of its life. Unix milliseconds. */
export function renewableFrom(validity: { readonly notBefore: number; readonly notAfter: number }): number {
  return validity.notBefore + (validity.notAfter - validity.notBefore) / 2;
}
