/** What the rules over the log say, and by which numbers: 风险预警. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { RiskSettings } from '../../../terms/riskSettings.ts';

/** One call for data, as the log tells it. Whom it concerns stands as tokens of the year, never as a number of a person. */
export interface Look {
  /** index of its entry */
  readonly index: number;
  /** Unix milliseconds */
  readonly at: number;
  readonly consumer: string;
  readonly provider: string | undefined;
  /** pseudonymous id of the official, as the department signed it */
  readonly official: string | undefined;
  /** case number, as the department signed it */
  readonly matter: string | undefined;
  readonly denied: boolean;
  /** rows that left */
  readonly rows: number;
  /** those asked about, found or not */
  readonly persons: readonly string[];
}

/** Rule → what it looks for, and the settings it reads. All look at one day, calendar of China. */
export const riskRules = {
  'denial-burst': {
    zh: '一个部门在短时间内被拒绝多次',
    en: 'one department is refused many times within minutes',
    by: ['denials', 'denialMinutes'],
  },
  'unusual-volume': {
    zh: '一个部门一天取得的行数远超其平日',
    en: 'one department gets far more rows in a day than usual for it',
    by: ['volumeFactor', 'volumeLeast', 'learningDays'],
  },
  'off-hours-volume': {
    zh: '一个部门在工作时间之外取得的行数远超其平日',
    en: 'one department gets far more rows outside working hours than usual for it',
    by: ['volumeFactor', 'offHoursLeast', 'learningDays', 'workFrom', 'workUntil'],
  },
  'person-read-by-many': {
    zh: '一个人一天内被多位经办人查看',
    en: 'one person is read by many officials in a day',
    by: ['readers'],
  },
  'official-reads-many': {
    zh: '一位经办人一天内不写办件号查看多人',
    en: 'one official reads many persons in a day without case numbers',
    by: ['officialPersons'],
  },
  'official-repeats': {
    zh: '一位经办人一天内反复查看同一人',
    en: 'one official reads the same person again and again in a day',
    by: ['officialRepeats'],
  },
  enumeration: {
    zh: '逐一询问多人，其中多数查无此人或被拒绝',
    en: 'many persons are asked about one by one, most of whom are not there or refused',
    by: ['askedPersons', 'missedPercent'],
  },
  'watch-incomplete': {
    zh: '一天的调用多到不能合在一起判断，已分段判断',
    en: 'a day has more calls than are judged together: it was judged in parts',
    by: [],
  },
} as const satisfies Readonly<Record<string, Bilingual & { readonly by: readonly (keyof RiskSettings)[] }>>;

export type RiskRule = keyof typeof riskRules;

export interface Risk {
  readonly rule: RiskRule;
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
  /** what of the rule and the day it is: the same at each reading */
  readonly key: string;
  readonly consumer: string | undefined;
  readonly official: string | undefined;
  /** consumers and providers of its entries, sorted */
  readonly departments: readonly string[];
  readonly count: number;
  readonly limit: number;
  /** indexes of its entries, ascending; of very many the first */
  readonly entries: readonly number[];
}
