import type { FactCondition, Grant } from './agreement.ts';

type Report = (code: string, at: string, zh: string, en: string) => void;

/** What the JSON Schema of a grant's facts cannot say. */
export function checkFacts({ facts, aggregates, fields }: Grant, report: Report): void {
  if (facts === undefined && aggregates === undefined && Object.keys(fields).length === 0) {
    report(
      'fields_empty',
      '/fields',
      '既没有授予数据项，也没有核验项和统计',
      'it grants neither fields, nor facts, nor statistics',
    );
  }
  for (const [i, { id, all, limits }] of (facts ?? []).entries()) {
    if (facts?.findIndex((one) => one.id === id) !== i) {
      report('duplicate_fact', `/facts/${i}/id`, '同一核验项写了两次', 'the same fact stands twice');
    }
    if (all.filter((one) => 'equals' in one).length > 1) {
      report(
        'fact_values',
        `/facts/${i}/all`,
        '一次核验只能比对一个由调用方给出的值',
        'a fact compares one value of the caller at most',
      );
    }
    if (all.some(isAsked) && limits.perSubjectPerDay === undefined) {
      report(
        'fact_without_tries',
        `/facts/${i}/limits`,
        '比对内容由调用方给出时，须限制每天对同一主体的次数（perSubjectPerDay）',
        'where the caller chooses what is compared, calls a day about one subject need a limit (perSubjectPerDay)',
      );
    }
  }
}

/** Whether the caller chooses what the field is compared with. */
const isAsked = (condition: FactCondition): boolean => 'equals' in condition || asksDay(condition);

/** Whether the caller chooses the day. */
export const asksDay = (condition: FactCondition): boolean =>
  ('notAfter' in condition && condition.notAfter === 'asked') ||
  ('notBefore' in condition && condition.notBefore === 'asked');
