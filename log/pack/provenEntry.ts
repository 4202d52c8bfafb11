import { Problem } from '../../terms/problem.ts';
import { parseLeaf } from '../parseLeaf.ts';
/** An entry that is in the log; `parseLeaf` reads its bytes. */
export interface ProvenEntry {
  readonly index: number;
  /** they may be decoded whenever they are asked for */
  readonly bytes: Uint8Array;
  /** false where it is known that it tells no destruction */
  readonly mayTell?: boolean;
}

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
