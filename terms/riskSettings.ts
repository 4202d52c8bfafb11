/** The thresholds of the rules over the log (`findings` of hub.json), with their defaults. */
import type { Bilingual } from './bilingual.ts';

/** Thresholds of the rules; `findings` of hub.json. */
export interface RiskSettings {
  readonly denials: number;
  readonly denialMinutes: number;
  readonly volumeFactor: number;
  readonly volumeLeast: number;
  readonly offHoursLeast: number;
  readonly learningDays: number;
  readonly workFrom: number;
  readonly workUntil: number;
  readonly readers: number;
  readonly officialPersons: number;
  readonly officialRepeats: number;
  readonly askedPersons: number;
  readonly askedOfConsumer: number;
  readonly missedPercent: number;
  readonly agreementRestDays: number;
  readonly caseRestDays: number;
  readonly staffSearches: number;
  readonly answerDays: number;
}

/** Name → default, with its meaning and bounds; `least` is 1 where absent. The configuration's schema and the documents are generated from it. */
export const riskSettings: Readonly<
  Record<
    keyof RiskSettings,
    Bilingual & { readonly value: number; readonly least?: number; readonly most: number }
  >
> = {
  denials: { value: 30, most: 100_000, zh: '拒绝次数', en: 'refused calls' },
  denialMinutes: { value: 10, most: 1_440, zh: '其时间窗，分钟', en: 'the minutes they fall in' },
  volumeFactor: { value: 3, most: 1_000, zh: '平日中位数的倍数', en: 'times the median of usual days' },
  volumeLeast: {
    value: 500,
    most: 1_000_000_000,
    zh: '至少这么多行才报',
    en: 'rows below which nothing is reported',
  },
  offHoursLeast: {
    value: 100,
    most: 1_000_000_000,
    zh: '工作时间之外至少这么多行才报',
    en: 'rows outside working hours below which nothing is reported',
  },
  learningDays: {
    value: 7,
    most: 365,
    zh: '此前有调用的天数达到此数才判断',
    en: 'earlier days with calls before volume is judged',
  },
  workFrom: { value: 7, least: 0, most: 23, zh: '工作时间起，时', en: 'hour at which working hours begin' },
  workUntil: { value: 20, most: 24, zh: '工作时间止，时', en: 'hour at which they end' },
  readers: { value: 5, most: 100_000, zh: '查看同一人的经办人数', en: 'officials who read one person' },
  officialPersons: {
    value: 40,
    most: 1_000_000,
    zh: '一位经办人不写办件号查看的人数',
    en: 'persons that one official reads without a case number',
  },
  officialRepeats: {
    value: 8,
    most: 100_000,
    zh: '一位经办人查看同一人的次数',
    en: 'times that one official reads the same person',
  },
  askedPersons: {
    value: 40,
    most: 1_000_000,
    zh: '一位经办人逐一询问的人数',
    en: 'persons that one official asks about one by one',
  },
  askedOfConsumer: {
    value: 100,
    most: 1_000_000,
    zh: '一个部门的全部经办人合计逐一询问的人数',
    en: 'persons that all officials of one department together ask about one by one',
  },
  missedPercent: {
    value: 60,
    most: 100,
    zh: '其中查无此人或被拒绝的比例，%',
    en: 'percent of them that were not there or refused',
  },
  agreementRestDays: {
    value: 90,
    most: 3_650,
    zh: '共享协议未使用的天数（从未使用的，自生效起算）',
    en: 'days in which an agreement was not used (of one that never was, since it is in force)',
  },
  caseRestDays: {
    value: 180,
    most: 3_650,
    zh: '办件号未使用的天数',
    en: 'days in which a case number was not used',
  },
  staffSearches: {
    value: 20,
    most: 100_000,
    zh: '一位工作人员在日志中查询个人的次数',
    en: 'questions of one member of staff about persons',
  },
  answerDays: { value: 5, most: 365, zh: '几日内须有人处理', en: 'days in which a person answers' },
};
