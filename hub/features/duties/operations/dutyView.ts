import type { components } from '../../../../api/openapi.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { dutyState, statedBy } from '../../../domain/duty.ts';
import type { DutyRow } from '../store/dutyRow.ts';

/** A duty as its consumer and its provider see it: `Duty` of openapi.yaml. It names no person. @param now Unix milliseconds */
export function dutyView(row: DutyRow, now: number): components['schemas']['Duty'] {
  const { statement, answeredBy, consent, named, ...duty } = row;
  const today = dayInChina(now);
  return {
    ...duty,
    state: dutyState({ ...duty, answered: answeredBy !== null }, today),
    states: statedBy[duty.obligation],
    ...(consent === null ? {} : { consent }),
    ...(named === null ? {} : { named: [...named] }),
    ...(statement === null ? {} : { statement }),
    ...(answeredBy === null ? {} : { answeredBy }),
  };
}
