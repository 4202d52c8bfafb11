/** The obligations that a consumer accepts with an answer, as the reply states them and as the entry stores them. */
import { civilDateInChina, civilDateText } from '../../terms/civilDate.ts';
import type { Permission } from '../decision.ts';
import { dutyWindow, isObligation, type ObligationId } from './obligations.ts';

export interface DescribedObligation {
  readonly id: ObligationId;
  /** deadline of the duty: deletion, notice or report (calendar of China); a yearly statement has none here */
  readonly by?: string;
}

/** @param now decision time, Unix milliseconds */
export function describedObligations(
  obligations: Permission['obligations'],
  now: number,
): readonly DescribedObligation[] {
  return obligations.map(({ id, period }) =>
    period === undefined || !isObligation(id)
      ? // a plan is compiled from documents whose obligations were checked
        { id: id as ObligationId }
      : { id, by: civilDateText(dutyWindow(id, period, civilDateInChina(now)).due) },
  );
}

const texts = new WeakMap<Permission['obligations'], readonly string[]>();

/** `delete-after P180D`: the period starts at the entry's own time. Computed once per plan. */
export function obligationTexts(obligations: Permission['obligations']): readonly string[] {
  let known = texts.get(obligations);
  if (known === undefined) {
    known = obligations.map(({ id, period }) => (period === undefined ? id : `${id} ${period}`));
    texts.set(obligations, known);
  }
  return known;
}
