/** Computes how long agreements and cases had been unused before a day. The risk rules know earlier days only through this. */
import { dayInChina } from '../../../../../terms/civilDate.ts';
import type { RiskSettings } from '../../../../../terms/riskSettings.ts';
import { lastUsesBefore, type Used } from '../../../../log/search/restsBefore.ts';
import { caseOf, type Look, type Rests } from '../../../../domain/risks/risk.ts';
import type { Pool } from '../../../../platform/database/database.ts';
import { inForceSince } from '../../../../registry/store/policy/policyDocuments.ts';

/** Cached lookups of a day. */
interface Known {
  readonly asked: Set<string>;
  /** unused ones: Unix milliseconds of the last use, undefined if never used */
  readonly resting: Map<string, number | undefined>;
}

const nothing = (): Known => ({ asked: new Set(), resting: new Map() });
const midnight = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);
const aDay = 86_400_000;

/**
 * Returns the pauses longer than the rules allow. Data before a day's first entry does not change during the day. Each agreement and each
 * case is therefore read once, however often the day is judged.
 */
export function restsOfDays(
  pool: Pool,
  { agreementRestDays, caseRestDays }: RiskSettings,
): (day: string, looks: readonly Look[]) => Promise<Rests> {
  let of = { day: '', end: 0, agreements: nothing(), cases: nothing() };

  async function lookUp(known: Known, uses: ReadonlyMap<string, Used>, since: number): Promise<void> {
    const fresh = new Map([...uses].filter(([name]) => !known.asked.has(name)));
    const last = await lastUsesBefore(pool, fresh, of.end, since);
    if (last === undefined) return; // the index cannot answer yet
    for (const name of fresh.keys()) known.asked.add(name);
    for (const [name, at] of last) known.resting.set(name, at);
  }

  return async (day, looks) => {
    const [end, start] = [looks[0]?.index ?? 0, midnight(day)];
    if (of.day !== day || of.end !== end) of = { day, end, agreements: nothing(), cases: nothing() };
    const agreements = new Map<string, Used>();
    const cases = new Map<string, Used>();
    for (const { denied, agreement, consumer, matter } of looks) {
      if (!denied && agreement !== undefined) agreements.set(agreement, { agreement });
      if (!denied && matter !== undefined) cases.set(caseOf(consumer, matter), { consumer, matter });
    }
    // whole days between the day of the last use and this one
    const days = (at: number): number => Math.round((start - midnight(dayInChina(at))) / aDay);
    const since = (rest: number): number => start - (rest - 1) * aDay;
    await lookUp(of.agreements, agreements, since(agreementRestDays));
    await lookUp(of.cases, cases, since(caseRestDays));
    const inForce = await inForceSince(pool, [...of.agreements.resting.keys()]);
    return {
      agreements: new Map(
        [...of.agreements.resting].flatMap(([name, at]) => {
          const last = Math.max(at ?? -Infinity, inForce.get(name) ?? -Infinity);
          return Number.isFinite(last) ? [[name, days(last)]] : [];
        }),
      ),
      cases: new Map(
        [...of.cases.resting].flatMap(([name, at]) => (at === undefined ? [] : [[name, days(at)]])),
      ),
    };
  };
}
