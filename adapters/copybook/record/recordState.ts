/** State of the reader of one record. */
import type { Cell } from '../../reading/reader.ts';
import type { TextSign } from '../../reading/text/textSigns.ts';
import type { RecordSource } from './recordSource.ts';

/** One field of one record as `adapt --preview` shows it. */
export interface Traced {
  readonly path: string;
  readonly at: number;
  readonly size: number;
  readonly value: Cell;
}

/** Why a record is not delivered. */
export type ProblemRule = 'copybook.number' | 'copybook.text' | 'copybook.occurs';
/** Rules for guesses and lenient readings. */
export type DoubtRule =
  | 'copybook.view'
  | 'copybook.segment'
  | 'copybook.short'
  | 'copybook.long'
  | 'copybook.sign'
  | 'copybook.digits'
  | 'copybook.blanked'
  | 'copybook.page'
  | 'copybook.shift'
  | 'encoding.mixed'
  | 'lines.end'
  | TextSign;
/** Correct but worth a review. */
type WarningRule = 'text.private-use';

export interface ReadFault {
  readonly path: string;
  readonly rule: ProblemRule | DoubtRule | WarningRule;
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
  'encoding.mixed',
  'encoding.mojibake',
  'lines.end',
  'text.invisible',
]);

export const isDoubt = ({ rule }: ReadFault): boolean => doubts.has(rule);
export const isWarning = ({ rule }: ReadFault): boolean => rule === 'text.private-use';

/** Whether a fault means that a view does not fit its bytes: a view may extend past the end of a record where another one does not. */
export const isMisfit = (fault: ReadFault): boolean =>
  !(isDoubt(fault) || isWarning(fault)) || fault.rule === 'copybook.short';

/** As `chosen`: every view is read. Compared by identity (views.ts); another empty array has no such meaning. */
export const everyView: readonly boolean[] = [];

export interface ReadState extends RecordSource {
  /** end of the record in `bytes` */
  end: number;
  readonly faults: ReadFault[];
  /** counts read so far, by slot of the field that others depend on */
  readonly counts: (number | string | null)[];
  /** bytes of the lists of variable size that were read, by list and position (`listKey`) */
  readonly sizes: Map<number, number>;
  /** which of the views that options distinguish are in this record, by their slot; empty where none are distinguished */
  chosen: readonly boolean[];
  trace: ((traced: Traced) => void) | undefined;
  /** checks the bytes and the text of a field for signs of damage, in blocks that may contain some */
  signOf: SignOf | undefined;
}

/** @param list number of the list in the layout @param at its position in the block */
export const listKey = (list: number, at: number): number => at * 0x100000 + list;

/** Forgets what was read of the record before. */
export function beginRecord(state: ReadState): void {
  state.counts.fill(null);
  state.sizes.clear();
}

/** The sign of damage in a text of the bytes from `start` to `end`. */
export type SignOf = (
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
) => 'encoding.mixed' | 'text.private-use' | TextSign | undefined;
