declare const quoted: unique symbol;
/** A quoted SQL identifier that the hub itself made; never text of a caller. */
export type SqlName = string & { readonly [quoted]: true };

/** @throws TypeError when a part is anything but lower-case letters, digits and underscores */
export function literalName(...parts: readonly string[]): SqlName {
  for (const part of parts) {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(part)) throw new TypeError('not a name of the hub');
  }
  return parts.map((part) => `"${part}"`).join('.') as SqlName;
}
