/** What a dataset asks of its submissions beyond the schema: `intake` of its registration. */

export interface IntakeRules {
  /** share of the rows that may be gone before a person must look; 1 switches the guard off */
  readonly mayShrink: number;
  /** days in which a held batch is decided; it lapses after them */
  readonly holdDays: number;
  /** whether releasing a held batch takes two persons */
  readonly secondPerson: boolean;
}

export const defaultIntakeRules: IntakeRules = { mayShrink: 0.5, holdDays: 14, secondPerson: false };
