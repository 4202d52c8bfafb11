/** Rules over resources used again after a long rest, and over staff queries to the log. Pure, as hub/domain/risks/rules.ts is. */
import type { RiskSettings } from '../../../terms/riskSettings.ts';
import { grouped } from '../../../terms/grouped.ts';
import { entriesOf, sidesOf } from './grouped.ts';
import { caseOf, type Look, type Rests, type Risk, type RiskRule, type SubjectSearch } from './risk.ts';

/** Agreements under which a call was answered that day, for the first time after their rest. */
export const restedAgreements = (
  day: string,
  looks: readonly Look[],
  { agreements }: Rests,
  { agreementRestDays }: RiskSettings,
): Risk[] =>
  rested('dormant-agreement', agreementRestDays, agreements, day, looks, ({ agreement }) => agreement);

/** Case numbers likewise. The hub is not notified when a case is closed; a number that comes back after a rest is the trace of it. */
export const restedCases = (
  day: string,
  looks: readonly Look[],
  { cases }: Rests,
  { caseRestDays }: RiskSettings,
): Risk[] =>
  rested('rested-case', caseRestDays, cases, day, looks, ({ consumer, matter }) =>
    matter === undefined ? undefined : caseOf(consumer, matter),
  );

function rested(
  rule: RiskRule,
  limit: number,
  rests: ReadonlyMap<string, number>,
  day: string,
  looks: readonly Look[],
  nameOf: (look: Look) => string | undefined,
): Risk[] {
  const answered = looks.filter((look) => !look.denied && rests.has(nameOf(look) ?? ''));
  return [...grouped(answered, (look) => nameOf(look) ?? '')].flatMap(([name, own]) => {
    const [first] = own;
    const count = rests.get(name) ?? 0;
    if (first === undefined || count < limit) return [];
    return [
      {
        rule,
        day,
        count,
        limit,
        // identified by its first use that day: a finding must not contain a case number
        key: `${first.consumer}/${first.index}`,
        consumer: first.consumer,
        official: undefined,
        person: undefined,
        departments: sidesOf(own),
        entries: entriesOf(own),
      },
    ];
  });
}

/** Staff queries per person: each names a case, as required, so only their number counts. The finding is about the person who asks. */
export const staffSearches = (
  day: string,
  searches: readonly SubjectSearch[],
  { staffSearches: limit }: RiskSettings,
): Risk[] =>
  [...grouped(searches, ({ person }) => person)].flatMap(([person, own]) =>
    own.length < limit
      ? []
      : [
          {
            rule: 'staff-searches' as const,
            day,
            limit,
            person,
            key: person,
            consumer: undefined,
            official: undefined,
            count: own.length,
            departments: [
              ...new Set(own.flatMap(({ department }) => (department === undefined ? [] : [department]))),
            ].sort(),
            entries: entriesOf(own),
          },
        ],
  );
