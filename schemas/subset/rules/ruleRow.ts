import type { Bilingual } from '../../../terms/bilingual.ts';
import type { ChangeCode } from '../reasons.ts';

/** One kind of change by an example, with both verdicts. */
export interface RuleRow {
  readonly change: Bilingual;
  readonly old: unknown;
  readonly fresh: unknown;
  /** old data remains valid */
  readonly backward: boolean;
  /** old readers accept new data */
  readonly forward: boolean;
  /** code of a change that the comparison lists; absent where nothing is listed */
  readonly code?: ChangeCode;
}
