/** The exchange id that an entry's bytes show, also where they are no entry any more: so that a person can find it. */
export const exchangeOf = (leaf: Uint8Array): string =>
  /"id":"([0-9a-f-]{36})"/.exec(Buffer.from(leaf).toString('latin1'))?.[1] ?? '?';
