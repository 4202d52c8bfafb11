/** Plays the rules over the log as it grows, a day at a time: what is unusual is an entry of its own, once, and waits for a person. */
import { dayOf } from '../../log/entryQuestion.ts';
import type { Leaf } from '../../log/leaf.ts';
import { civilDateInChina, civilDateText } from '../../terms/civilDate.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { leafIn } from '../audit/search/indexEntries.ts';
import { lastUsesBefore, type Used } from '../audit/search/restsBefore.ts';
import type { RiskSettings } from '../../terms/riskSettings.ts';
import { caseOf, type Look, type Rests, type Risk, type SubjectSearch } from '../domain/risks/risk.ts';
import { risksOf, volumesOf } from '../domain/risks/rules.ts';
import { leavesBetween } from '../store/audit/entries.ts';
import { tokensBetween } from '../store/audit/subjects.ts';
import type { Reader } from '../store/database/reader.ts';
import { inForceSince } from '../store/policy/policyDocuments.ts';
import { growRisk, insertRisk } from '../store/risks/risks.ts';
import { keepVolumes, volumesBefore } from '../store/risks/volumes.ts';
import type { Job, JobRun } from './job.ts';

/** Entries that are judged together. */
const usualMost = 100_000;
const chunk = 1_000;

/** Where it goes on: the day under watch is read from its beginning, so that its findings grow and are not doubled. */
interface Watched {
  /** index of the first entry of that day */
  readonly from: number;
  /** entries that were there when it looked last */
  readonly seen: number;
}

export const watchLog = (
  reader: Reader,
  audit: Pick<OpenedAuditLog, 'size'>,
  settings: RiskSettings,
  most = usualMost,
): Job => ({
  name: 'watchLog',
  every: 300_000,
  lease: 300_000,
  run: async (run) => {
    const { from, seen } = watched(run.state);
    const size = audit.size();
    if (size <= seen) return {};
    const to = Math.min(size, from + most);
    const days = await seenBetween(reader, from, to);
    for (const [day, { looks, searches }] of days) {
      const before = await volumesBefore(reader, day);
      const rests = await restsOf(reader, day, looks, settings);
      for (const risk of risksOf({ day, looks, before, searches, rests }, settings))
        await tell(reader, run, risk, settings);
      await keepVolumes(reader, day, volumesOf(day, looks, settings));
    }
    const seenDays = [...days.values()];
    const [begun, latest] = [seenDays[0], seenDays.at(-1)];
    const last = latest?.first ?? to;
    const cut = to < size && last === (begun?.first ?? to);
    if (cut && begun !== undefined) {
      const looks = seenDays.flatMap((one) => one.looks);
      await tell(reader, run, incomplete(looks, begun), settings);
    }
    // a day that is over is not read again; one that is too long goes on behind what was judged
    const state: Watched = { from: cut ? to : last, seen: to };
    return { state, more: to < size && !run.signal.aborted };
  },
});

function watched(state: unknown): Watched {
  const { from, seen } = (state ?? {}) as Partial<Watched>;
  return {
    from: Number.isSafeInteger(from) ? Number(from) : 0,
    seen: Number.isSafeInteger(seen) ? Number(seen) : 0,
  };
}

/** What is judged of one day. */
interface Seen {
  /** index of its first entry that is looked at, and its moment in Unix milliseconds */
  readonly first: number;
  readonly at: number;
  readonly looks: Look[];
  readonly searches: SubjectSearch[];
}

/** By day, `YYYY-MM-DD` in the calendar of China, in the order in which they begin. */
async function seenBetween(reader: Reader, from: number, to: number): Promise<ReadonlyMap<string, Seen>> {
  const days = new Map<string, Seen>();
  const nobody: readonly string[] = [];
  for (let first = from; first < to; first += chunk) {
    const end = Math.min(first + chunk, to);
    const tokens = await tokensBetween(reader, first, end);
    for (const { index, leaf: bytes } of await leavesBetween(reader, first, end)) {
      const leaf = leafIn(bytes);
      if (leaf === undefined) continue;
      const look = lookOf(index, leaf, tokens.get(index) ?? nobody);
      const search = searchOf(index, leaf);
      if (look === undefined && search === undefined) continue;
      const day = dayOf(leaf.at);
      let own = days.get(day);
      if (own === undefined) {
        own = { first: index, at: Date.parse(leaf.at), looks: [], searches: [] };
        days.set(day, own);
      }
      if (look !== undefined) own.looks.push(look);
      if (search !== undefined) own.searches.push(search);
    }
  }
  return days;
}

/** Undefined for what is no call for data of a department that proved who it is. */
function lookOf(index: number, leaf: Leaf, persons: readonly string[]): Look | undefined {
  const { kind, provider, onBehalfOf: official, matter, agreement } = leaf;
  const consumer = leaf.consumer ?? leaf.actor.department;
  if (kind !== 'release' || consumer === undefined) return undefined;
  const denied = leaf.decision === 'deny';
  const rows = denied ? 0 : (leaf.rows?.delivered ?? 1);
  const at = Date.parse(leaf.at);
  return { index, at, consumer, provider, official, matter, agreement, denied, rows, persons };
}

/** Undefined for what is no question of staff to the log about a person. A further page of one is not another. */
function searchOf(index: number, leaf: Leaf): SubjectSearch | undefined {
  const { person } = leaf.actor;
  if (person === undefined || leaf.decision === 'deny') return undefined;
  if (leaf.operation !== 'searchEntries' && leaf.operation !== 'askEvidence') return undefined;
  const by = String(leaf.change?.['by'] ?? '').split(' ');
  if (!by.includes('subject') || by.includes('before')) return undefined;
  return { index, person, department: leaf.actor.department };
}

const dayAt = (at: number): string => civilDateText(civilDateInChina(at));
const midnight = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);
const aDay = 86_400_000;

/** How long what was called that day had not been used, as far as it is for longer than the rules allow. */
async function restsOf(
  reader: Reader,
  day: string,
  looks: readonly Look[],
  { agreementRestDays, caseRestDays }: RiskSettings,
): Promise<Rests> {
  const agreements = new Map<string, Used>();
  const cases = new Map<string, Used>();
  for (const { denied, agreement, consumer, matter } of looks) {
    if (!denied && agreement !== undefined) agreements.set(agreement, { agreement });
    if (!denied && matter !== undefined) cases.set(caseOf(consumer, matter), { consumer, matter });
  }
  const [end, start] = [looks[0]?.index ?? 0, midnight(day)];
  // whole days between the day of the last use and this one
  const days = (at: number): number => Math.round((start - midnight(dayAt(at))) / aDay);
  const since = (rest: number): number => start - (rest - 1) * aDay;
  const used = await lastUsesBefore(reader, agreements, end, since(agreementRestDays));
  const standing = await inForceSince(reader, [...used.keys()]);
  const old = await lastUsesBefore(reader, cases, end, since(caseRestDays));
  return {
    agreements: new Map(
      [...used].flatMap(([name, at]) => {
        const last = Math.max(at ?? -Infinity, standing.get(name) ?? -Infinity);
        return Number.isFinite(last) ? [[name, days(last)]] : [];
      }),
    ),
    cases: new Map([...old].flatMap(([name, at]) => (at === undefined ? [] : [[name, days(at)]]))),
  };
}

const incomplete = (looks: readonly Look[], { at, first }: Seen): Risk => ({
  rule: 'watch-incomplete',
  day: dayAt(at),
  key: '',
  consumer: undefined,
  official: undefined,
  person: undefined,
  departments: [],
  count: looks.length,
  limit: looks.length,
  entries: [first],
});

async function tell(reader: Reader, run: JobRun, risk: Risk, { answerDays }: RiskSettings): Promise<void> {
  if (await growRisk(reader, risk)) return;
  const now = run.now();
  const id = uuid7(now);
  const due = dayAt(now + answerDays * 86_400_000);
  const { rule, day, count, limit, consumer } = risk;
  await run.act({
    operation: 'watchLog',
    ...(consumer === undefined ? {} : { consumer }),
    change: { risk: id, rule, day, count, limit, due },
    work: async (transaction, exchange) => {
      await insertRisk(transaction, risk, { id, now, due, exchange });
    },
  });
}
