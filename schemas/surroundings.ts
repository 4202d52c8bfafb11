/** What the meaning of a schema depends on beside its text. Always an argument: so a check can be made as of last month, and two hubs live in one process. */
import type { CivilDate } from '../terms/civilDate.ts';
import { noCodeLists, type CodeLists } from './codelists/codeLists.ts';
import type { Resolve } from './references.ts';

export interface Surroundings {
  /** documents of other schema versions, by URN */
  readonly resolve: Resolve;
  readonly codeLists: CodeLists;
  /** the date in China; asked anew whenever it matters, since what is compiled outlives the day */
  readonly today: () => CivilDate;
}

/** No other document, no code list, and a day so late that no date is in the future. */
export const bareSurroundings: Surroundings = {
  resolve: () => undefined,
  codeLists: noCodeLists,
  today: () => ({ year: 9999, month: 12, day: 31 }),
};
