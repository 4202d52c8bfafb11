import type { NamedThing } from '../../../../terms/factWords.ts';
import { surroundingsWith } from '../../../../machine/surroundings.ts';
import { counts, type CodeList } from '../../../../schemas/codelists/codeList.ts';
import type { CodeLists } from '../../../../schemas/codelists/codeLists.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { listCodeLists } from '../../../registry/store/codeLists.ts';
import type { Database } from '../../../platform/database/database.ts';

/** The days after today on which a version takes effect, ascending. @param today YYYY-MM-DD */
export const daysAhead = (lists: readonly CodeList[], today: string): readonly string[] =>
  [...new Set(lists.flatMap(({ from }) => (from !== undefined && from > today ? [from] : [])))].sort();

/** The code lists in effect on a day. */
export const listsOn = (lists: readonly CodeList[], day: string): CodeLists =>
  surroundingsWith(lists.filter((list) => counts(list, day))).codeLists;

/**
 * Checks that everything registered today still works with each registered code list version that takes effect later. No person is
 * involved on the day when such a version takes effect.
 * @param what the name shown to its author
 * @param faultsOf returns its findings under a set of lists; throws the problem that refuses it
 * @throws Problem code_list_ahead with what would not go on, and from which day
 */
export async function checkAhead(
  database: Pick<Database, 'app' | 'now'>,
  what: NamedThing,
  faultsOf: (codeLists: CodeLists) => readonly object[],
): Promise<void> {
  const lists = (await listCodeLists(database.app)).map(({ document }) => JSON.parse(document) as CodeList);
  for (const day of daysAhead(lists, dayInChina(database.now()))) {
    const findings = faultsThrown(() => faultsOf(listsOn(lists, day)));
    if (findings.length === 0) continue;
    throw new Problem(
      'code_list_ahead',
      { what, day },
      { findings: findings.map((one) => ({ ...one, day })) },
    );
  }
}

function faultsThrown(faultsOf: () => readonly object[]): readonly object[] {
  try {
    return faultsOf();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { findings } = error.extras;
    const reported = (findings ?? []).filter((one) => typeof one === 'object' && one !== null);
    return reported.length === 0 ? [{ code: error.code }] : reported;
  }
}
