/** What the reader of one record carries along. */
import type { Cell } from '../../reading/reader.ts';
import type { RecordSource } from './recordSource.ts';

/** One field of one record as `adapt --preview` shows it. */
export interface Traced {
  readonly path: string;
  readonly at: number;
  readonly size: number;
  readonly value: Cell;
}

/** What keeps a record back. */
export type ProblemRule = 'copybook.number' | 'copybook.text' | 'copybook.occurs';
/** What was guessed or forgiven. */
export type DoubtRule =
  | 'copybook.view'
  | 'copybook.segment'
  | 'copybook.short'
  | 'copybook.long'
  | 'copybook.sign'
  | 'copybook.digits'
  | 'copybook.blanked'
  | 'copybook.page'
  | 'copybook.shift';

export interface ReadFault {
  readonly path: string;
  readonly rule: ProblemRule | DoubtRule;
  /** byte in the block */
  readonly at: number;
  readonly size: number;
}

const doubts: ReadonlySet<string> = new Set<DoubtRule>([
  'copybook.view',
  'copybook.segment',
  'copybook.short',
  'copybook.long',
  'copybook.sign',
  'copybook.digits',
  'copybook.blanked',
  'copybook.page',
  'copybook.shift',
]);

export const isDoubt = ({ rule }: ReadFault): boolean => doubts.has(rule);

/** Whether a view in which this was found does not fit its bytes: it may end behind the record where another one does not. */
export const isMisfit = (fault: ReadFault): boolean => !isDoubt(fault) || fault.rule === 'copybook.short';

/** `chosen` of a state that looks at every view. */
export const everyView: readonly boolean[] = [];

export interface ReadState extends RecordSource {
  /** end of the record in `bytes` */
  end: number;
  readonly faults: ReadFault[];
  /** counts read so far, by slot of the field that others depend on */
  readonly counts: (number | string | null)[];
  /** which of the views that options tell apart are in this record, by their slot; empty where none are told apart */
  chosen: readonly boolean[];
  trace: ((traced: Traced) => void) | undefined;
}
