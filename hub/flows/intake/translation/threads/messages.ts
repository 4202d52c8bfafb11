/** What the hub asks of a translating thread, and what it answers: one answer a question, in order. */
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import type { CopyPart, Repetition, UnguardedPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';

/** A stretch of a file, to be read on its own. */
export interface SentRange {
  /** in shared memory, behind which the answer is put where it finds room */
  readonly bytes: Uint8Array;
  /** bytes of the file before it: the numbers of its rows begin behind them */
  readonly first: number;
  /** options of the reader, where they are not those of the mapping */
  readonly options?: unknown;
}

export type Question =
  /** a file begins, with everything that is to be known of it; null: the last one ended, and all of it is forgotten → true */
  | { readonly begin: CopyTask | null }
  /** the next bytes of the file, null at its end → Parts */
  | { readonly translate: Uint8Array | null }
  /** → StretchPart, with lines that count from the stretch */
  | { readonly stretch: SentRange }
  /** rows of a stretch that repeat a key → BadRecord[] */
  | { readonly repeated: RepeatedRows };

/** Rows of a stretch that was answered already: it is read again, because few files have any and keeping its text would cost all of them. */
export interface RepeatedRows {
  readonly stretch: SentRange;
  /** those of its answer */
  readonly rows: Float64Array;
  readonly repetitions: readonly Repetition[];
}

export interface Parts {
  readonly parts: readonly CopyPart[];
  readonly ended: boolean;
}
export interface RangePart extends UnguardedPart {
  /** physical lines of the stretch */
  readonly physical: number;
}

export type Answer =
  | { readonly answer: Parts | RangePart | readonly BadRecord[] | true }
  | { readonly refused: { readonly code: string; readonly facts: object; readonly extras: object } }
  | { readonly failed: string };
