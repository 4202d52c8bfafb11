/** Computes how long agreements and cases had been unused before a day. The risk rules know earlier days only through this. */
import { dayInChina } from '../../../../../terms/civilDate.ts';
import type { RiskSettings } from '../../../../../terms/riskSettings.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { leafIn } from '../../../../log/search/leaves.ts';
import { lastUsesBefore, type Used } from '../../../../log/search/restsBefore.ts';
import { caseOf, type Look, type Rests } from '../../../../domain/risks/risk.ts';
import type { Pool } from '../../../../platform/database/database.ts';
import { exceptAltered } from '../../../../platform/database/exceptAltered.ts';
import { areOutOfForce, entriesInForce } from '../../../../registry/store/policy/policyDocuments.ts';

/** Cached lookups of a day. */
interface Known {
  readonly asked: Set<string>;
  /** unused ones: Unix milliseconds of the last use, undefined if never used */
  readonly resting: Map<string, number | undefined>;
}

const nothing = (): Known => ({ asked: new Set(), resting: new Map() });
const midnight = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);
const aDay = 86_400_000;

interface RestsOfDay extends Rests {
  /** false while the search index is being rebuilt: some rests are missing, so the day is judged again later */
  readonly isWhole: boolean;
}

/** @param failures receives a problem for agreements that are left out because their rows were altered */
type FindRests = (day: string, looks: readonly Look[], failures: unknown[]) => Promise<RestsOfDay>;

/**
 * Returns the rests that are long enough for a finding. Data before a day's first entry does not change during the day. Each agreement and
 * each case is therefore read once, however often the day is judged.
 * @param maxUnindexed see `lastUsesBefore`
 */
export function restsOfDays(
  pool: Pool,
  { agreementRestDays, caseRestDays }: RiskSettings,
  maxUnindexed?: number,
): FindRests {
  let of = { day: '', end: 0, agreements: nothing(), cases: nothing() };

  /** @returns whether the index could answer */
  async function lookUp(known: Known, uses: ReadonlyMap<string, Used>, since: number): Promise<boolean> {
    const fresh = new Map([...uses].filter(([name]) => !known.asked.has(name)));
    const last = await lastUsesBefore(pool, fresh, of.end, since, maxUnindexed);
    if (last === undefined) return false;
    for (const name of fresh.keys()) known.asked.add(name);
    for (const [name, at] of last) known.resting.set(name, at);
    return true;
  }

  return async (day, looks, failures) => {
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
    const isWhole = [
      await lookUp(of.agreements, agreements, since(agreementRestDays)),
      await lookUp(of.cases, cases, since(caseRestDays)),
    ].every(Boolean);
    const inForce = await inForceSince(pool, [...of.agreements.resting.keys()], failures);
    return {
      isWhole,
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

/**
 * Unix milliseconds since which versions have had their current state, for those in force. The entry of the decision shows it: the row
 * alone could have been altered. A version that answered a call had such an entry then.
 */
async function inForceSince(
  pool: Pool,
  names: readonly string[],
  failures: unknown[],
): Promise<ReadonlyMap<string, number>> {
  const since = new Map<string, number>();
  const entries = await entriesInForce(pool, names);
  // a row whose state was altered past the hub is missing from `entries`, as is one that is not in force: the next line distinguishes them
  const others = names.filter((name) => !entries.has(name));
  let altered = (await exceptAltered(failures, () => areOutOfForce(pool, others))) === false;
  for (const [name, bytes] of entries) {
    const leaf = bytes === null ? undefined : leafIn(bytes);
    const isDecision =
      leaf?.kind === 'management' &&
      leaf.decision === 'allow' &&
      leaf.change?.['document'] === name &&
      leaf.change['state'] === 'active';
    if (isDecision) since.set(name, Date.parse(leaf.at));
    else altered = true;
  }
  if (altered) failures.push(new Problem('rows_unauthenticated', { table: 'policy_document' }));
  return since;
}
