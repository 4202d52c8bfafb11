/** What a dataset asks of its submissions beyond the schema: `intake` of its registration. */

/** What becomes of a batch that a guard finds something in: published and told, held for a person, or refused for good. */
export type Severity = 'warn' | 'hold' | 'reject';

export interface IntakeRules {
  /** share of the rows that may be gone before a person must look; 1 switches the guard off */
  readonly mayShrink: number;
  /** share of the rows that may come on top; undefined: as many as there are */
  readonly mayGrow?: number;
  /** by how much the share of empty values of a field may rise; undefined: not compared */
  readonly mayEmpty?: number;
  /** which share of the rows may have another code in a field than before; undefined: not compared */
  readonly mayShift?: number;
  /** what becomes of a snapshot that is beyond one of these four */
  readonly onDrift: Severity;
  /** days in which a held batch is decided; it lapses after them */
  readonly holdDays: number;
  /** whether releasing a held batch takes two persons */
  readonly secondPerson: boolean;
}

export const defaultIntakeRules: IntakeRules = {
  mayShrink: 0.5,
  onDrift: 'hold',
  holdDays: 14,
  secondPerson: false,
};

/** The rules that compare a snapshot with the one before it: where batches add to each other they would do nothing. */
export const snapshotRules = ['mayShrink', 'mayGrow', 'mayEmpty', 'mayShift', 'onDrift'] as const;
