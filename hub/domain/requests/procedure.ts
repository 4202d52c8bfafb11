/** How a city answers requests (办理流程): data, registered by the data office. A request continues under the version it began with. */
import type { DemandClock } from '../demand.ts';

import type { Bilingual } from '../../../terms/bilingual.ts';
import type { WaitingClock } from './requestLife.ts';

/** Where the acting persons work: in the asking department, the data office, or the department that has the data. */
export type RequestPlace = 'consumer' | 'office' | 'provider';

export interface Stage {
  readonly code: string;
  readonly title: Bilingual;
  readonly by: RequestPlace;
  readonly role: 'steward' | 'security';
  /** working days from the day on which the request arrives at the stage */
  readonly days: number;
}

/** Working days. */
export interface ProcedureClock {
  /** the provider's answer, from the day on which its first stage begins */
  readonly answerDays: number;
  /** added once, for a reason that the data office agrees to */
  readonly extensionDays: number;
  /** how many working days before a deadline the data office is notified */
  readonly escalateDays: number;
  /** whether the clock stops while the request is returned for supplement */
  readonly returnStops: boolean;
  /** of demands for data that no catalogue entry offers; absent: five days for the data office, ten for a department */
  readonly demand?: DemandClock;
  /** of an update of the catalogue; absent: ten */
  readonly catalogueDays?: number;
  /** of other pending items in an inbox, by section; absent: `usualWaitingDays` */
  readonly waiting?: Readonly<Partial<Record<WaitingClock, number>>>;
}

export interface Procedure {
  readonly id: string;
  readonly version: number;
  readonly title: Bilingual;
  /** of data that is shared conditionally; the last stage is the provider's, it decides */
  readonly stages: readonly Stage[];
  /** of data that is shared unconditionally; none: granted at once */
  readonly unconditional: readonly Stage[];
  readonly clock: ProcedureClock;
}

/**
 * Used where no procedure is registered: the stages of 政务数据共享条例 (State Council Decree 809) arts. 20–23 with ten working days for the
 * provider's answer, ten more with the data office's consent; unconditional data at once.
 */
export const decree809: Procedure = {
  id: 'decree-809',
  version: 1,
  title: { zh: '政务数据共享申请（国务院令第809号）', en: 'Requests under Decree 809' },
  stages: [
    {
      code: 'internal-review',
      title: { zh: '需求部门内部审核', en: 'internal review of the asking department' },
      by: 'consumer',
      role: 'steward',
      days: 5,
    },
    {
      code: 'provider-decision',
      title: { zh: '提供部门审定', en: 'decision of the provider' },
      by: 'provider',
      role: 'steward',
      days: 10,
    },
  ],
  unconditional: [],
  clock: { answerDays: 10, extensionDays: 10, escalateDays: 2, returnStops: false },
};

/** Checks what a procedure's schema cannot express. @returns the fault, undefined for none */
export function procedureFault({ stages, unconditional }: Procedure): Bilingual | undefined {
  if (stages.at(-1)?.by !== 'provider')
    return { zh: '最后一个环节应由提供部门审定', en: 'the last stage is the provider’s: it decides' };
  for (const list of [stages, unconditional]) {
    if (new Set(list.map(({ code }) => code)).size < list.length)
      return { zh: '环节代码重复', en: 'two stages have one code' };
  }
  return undefined;
}
