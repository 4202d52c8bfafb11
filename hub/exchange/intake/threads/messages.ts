/** What the hub asks of a translating thread, and what it answers: one answer a question, in order. */
import type { BadRecord, RawRecord } from '../../../../adapters/reader.ts';
import type { CutParts } from '../../../../adapters/text/cutRows.ts';
import type { CopyPart, CopyTask, Repetition, UnguardedPart } from '../copyParts.ts';

/** A batch of a table on its way from the thread that reads to one that maps. */
export interface SentBatch {
  /** records delivered before it */
  readonly first: number;
  readonly columns: readonly string[];
  readonly records: CutParts | readonly RawRecord[];
  readonly lines: number[];
  readonly bad: BadRecord[];
  readonly skipped: number;
}

export type Question =
  /** a file begins, with everything that is to be known of it; null: the last one ended, and all of it is forgotten → true */
  | { readonly begin: CopyTask | null }
  /** the next bytes of the file, null at its end → Parts */
  | { readonly translate: Uint8Array | null }
  /** the next bytes of the file, null at its end → Batches */
  | { readonly read: Uint8Array | null }
  /** → UnguardedPart */
  | { readonly map: SentBatch }
  /** rows of one of the last batches that repeat a key → BadRecord[] */
  | { readonly repeated: { readonly first: number; readonly repetitions: readonly Repetition[] } };

export interface Parts {
  readonly parts: readonly CopyPart[];
  readonly ended: boolean;
}
export interface Batches {
  readonly batches: readonly SentBatch[];
  readonly ended: boolean;
}

export type Answer =
  | { readonly answer: Parts | Batches | UnguardedPart | readonly BadRecord[] | true }
  | { readonly refused: { readonly code: string; readonly facts: object; readonly extras: object } }
  | { readonly failed: string };

/** Batches that a mapping thread keeps, so that it can be asked for records of theirs. */
export const batchesKept = 4;
