/** The findings of the rules over the log, and their numbers: 风险预警. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { RiskSettings } from '../../../terms/riskSettings.ts';

/** One call for data, from the log. Its subjects are tokens of the year, never a person's identifier. */
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
  /** version of the agreement that permitted it, as `id@version` */
  readonly agreement: string | undefined;
  readonly dataset: string | undefined;
  readonly denied: boolean;
  /** rows that were released */
  readonly rows: number;
  /** subjects of the query, found or not */
  readonly persons: readonly string[];
}

/** One staff query to the log about a person or organisation. The log does not contain its subject. */
export interface SubjectSearch {
  /** index of its entry */
  readonly index: number;
  /** id of the member of staff */
  readonly person: string;
  /** the department where the person works; undefined: the data office */
  readonly department: string | undefined;
}

/** Resources used again after a long rest: days since the previous use, of what was called that day. */
export interface Rests {
  /** by `id@version`; where it was never used, since it is in force */
  readonly agreements: ReadonlyMap<string, number>;
  /** by `caseOf` */
  readonly cases: ReadonlyMap<string, number>;
}

/** A case of a department, because other departments may have the same number. */
export const caseOf = (consumer: string, matter: string): string => `${consumer}/${matter}`;

/** Rule → what it detects, and the settings it reads. Each covers one day, calendar of China. */
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
    zh: '一位经办人逐一询问多人，或一个部门（不论经办人和办件号如何分散）在一份共享协议或一个数据资源上如此，其中多数查无此人或被拒绝',
    en: 'an official asks about many persons one by one, or a department does under one agreement or of one data set, however its officials and cases are spread; most of them are not there or refused',
    by: ['askedPersons', 'askedOfConsumer', 'missedPercent'],
  },
  'dormant-agreement': {
    zh: '久未使用的共享协议又被使用',
    en: 'an agreement that rested for long is used again',
    by: ['agreementRestDays'],
  },
  'rested-case': {
    zh: '久未使用的办件号又被使用',
    en: 'a case number that rested for long is used again',
    by: ['caseRestDays'],
  },
  'staff-searches': {
    zh: '一位工作人员一天内在日志中查询个人多次',
    en: 'one member of staff asks the log about persons many times in a day',
    by: ['staffSearches'],
  },
  'watch-incomplete': {
    zh: '一天的调用或其所涉个人多到不能合在一起判断，已分段判断',
    en: 'a day has more calls, or more persons in them, than are judged together: it was judged in parts',
    by: [],
  },
} as const satisfies Readonly<Record<string, Bilingual & { readonly by: readonly (keyof RiskSettings)[] }>>;

export type RiskRule = keyof typeof riskRules;

export interface Risk {
  readonly rule: RiskRule;
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
  /** identifies the finding within the rule and the day: the same at each evaluation */
  readonly key: string;
  readonly consumer: string | undefined;
  readonly official: string | undefined;
  /** id of the member of staff whose own acts it is about: they may not answer it */
  readonly person: string | undefined;
  /** consumers and providers of its entries, sorted */
  readonly departments: readonly string[];
  readonly count: number;
  readonly limit: number;
  /** indexes of its entries, ascending; of very many the first */
  readonly entries: readonly number[];
}
