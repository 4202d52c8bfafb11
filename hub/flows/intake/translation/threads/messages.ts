/** Messages between the hub and a translating thread: one answer for each question, in order. */
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import type { CopyPart, Repetition, UnguardedPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';

/** A range of a file, to be read separately. */
export interface SentRange {
  /** in shared memory; the answer is placed after them where it fits */
  readonly bytes: Uint8Array;
  /** bytes of the file before it: the numbers of its rows begin after them */
  readonly first: number;
  /** options of the reader, where they differ from those of the mapping */
  readonly options?: unknown;
}

export type Question =
  /** begins a file, with its complete description; null: the last one ended and is forgotten → true */
  | { readonly begin: CopyTask | null }
  /** the next bytes of the file, null at its end → Parts */
  | { readonly translate: Uint8Array | null }
  /** → RangePart, with lines counted from the start of the range */
  | { readonly range: SentRange }
  /** rows of a range that repeat a key → BadRecord[] */
  | { readonly repeated: RepeatedRows };

/**
 * Rows of a range that was answered already. It is read again, because few files have such rows, and storing the text would burden all
 * files.
 */
export interface RepeatedRows {
  readonly range: SentRange;
  /** those of its answer */
  readonly rows: Float64Array;
  readonly repetitions: readonly Repetition[];
}

export interface Parts {
  readonly parts: readonly CopyPart[];
  readonly ended: boolean;
}
export interface RangePart extends UnguardedPart {
  /** physical lines of the range */
  readonly physical: number;
}

export type Answer =
  | { readonly answer: Parts | RangePart | readonly BadRecord[] | true }
  | { readonly refused: { readonly code: string; readonly facts: object; readonly extras: object } }
  | { readonly failed: string };
