import { Problem } from '../../terms/problem.ts';
import { parseLeaf } from '../parseLeaf.ts';

/** The exchange id that an entry's bytes show, also where they are no entry any more: so that a person can find it. */
export function exchangeOf(leaf: Uint8Array): string {
  try {
    return parseLeaf(leaf).id;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // a batch has an id too, which stands before the entry's own
    const ids = Buffer.from(leaf)
      .toString('latin1')
      .matchAll(/"id":"([0-9a-f-]{36})"/g);
    return [...ids].at(-1)?.[1] ?? '?';
  }
}
