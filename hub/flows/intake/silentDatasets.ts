import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { dayInChina, startOfDayInChina } from '../../../terms/civilDate.ts';
import { receives } from '../../domain/dataset.ts';
import { lastDue, type Period } from '../../domain/expectation.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { expectingDatasets } from './store/silence.ts';

/** A dataset that received nothing since the beginning of a period whose due day has passed (断报). */
export interface SilentDataset extends Period {
  readonly dataset: string;
  readonly department: string;
  /** Unix milliseconds; null where nothing was ever received */
  readonly cameAt: number | null;
}

/** The longest silent first. @param now Unix milliseconds */
export async function silentDatasets(reader: Reader, now: number): Promise<readonly SilentDataset[]> {
  const today = dayInChina(now);
  const expecting = await expectingDatasets(reader);
  return expecting
    .flatMap(({ id, department, state, expect, expectedFrom, amended, cameAt }): SilentDataset[] => {
      const period = lastDue(expect, today, chinaWorkingCalendar);
      const begun = startOfDayInChina(period.from);
      const named = expect.since === undefined ? undefined : startOfDayInChina(expect.since);
      const since = amended ? Math.max(named ?? 0, expectedFrom + 1) : (named ?? expectedFrom + 1);
      if (!receives(state) || since > begun || (cameAt ?? 0) >= begun) return [];
      return [{ dataset: id, department, cameAt, ...period }];
    })
    .sort((a, b) => (a.cameAt ?? 0) - (b.cameAt ?? 0));
}
