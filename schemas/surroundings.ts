/**
 * Inputs that determine the meaning of a schema in addition to its text. Always an argument: a check can use last month's state, and two
 * hubs can run in one process.
 */
import type { CivilDate } from '../terms/civilDate.ts';
import { noCodeLists, type CodeLists } from './codelists/codeLists.ts';
import type { Resolve } from './references.ts';

export interface Surroundings {
  /** documents of other schema versions, by URN */
  readonly resolve: Resolve;
  readonly codeLists: CodeLists;
  /** the date in China; read at each use, since compiled schemas outlive the day */
  readonly today: () => CivilDate;
}

/** No other documents, no code lists, and a day so late that no date is in the future. */
export const bareSurroundings: Surroundings = {
  resolve: () => undefined,
  codeLists: noCodeLists,
  today: () => ({ year: 9999, month: 12, day: 31 }),
};
