import { Problem } from '../../terms/problem.ts';
import { parseLeaf } from '../parseLeaf.ts';
/** An entry of the log; `parseLeaf` reads its bytes. */
export interface ProvenEntry {
  readonly index: number;
  /** may be decoded on each access */
  readonly bytes: Uint8Array;
  /** false if it is known to record no destruction */
  readonly mayRecordDestruction?: boolean;
}

/** The exchange id in an entry's bytes, also if they are no longer a valid entry: so that a person can find it. */
export function exchangeOf(leaf: Uint8Array): string {
  try {
    return parseLeaf(leaf).id;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // a batch also has an id, which precedes the entry's own
    const ids = Buffer.from(leaf)
      .toString('latin1')
      .matchAll(/"id":"([0-9a-f-]{36})"/g);
    return [...ids].at(-1)?.[1] ?? '?';
  }
}
