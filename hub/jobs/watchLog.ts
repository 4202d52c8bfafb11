/** Plays the rules over the log as it grows, a day at a time: what is unusual is an entry of its own, once, and waits for a person. */
import type { Leaf } from '../../log/leaf.ts';
import { civilDateInChina, civilDateText } from '../../terms/civilDate.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { leafIn } from '../audit/search/indexEntries.ts';
import type { RiskSettings } from '../../terms/riskSettings.ts';
import type { Look, Risk } from '../domain/risks/risk.ts';
import { risksOf, volumesOf } from '../domain/risks/rules.ts';
import { leavesBetween } from '../store/audit/entries.ts';
import { subjectsBetween } from '../store/audit/subjects.ts';
import type { Reader } from '../store/database/reader.ts';
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
    const looks = await looksBetween(reader, from, to);
    const days = new Map<string, Look[]>();
    for (const look of looks) {
      const day = dayOf(look.at);
      const own = days.get(day) ?? [];
      days.set(day, own);
      own.push(look);
    }
    for (const [day, own] of days) {
      const before = await volumesBefore(reader, day);
      for (const risk of risksOf({ day, looks: own, before }, settings))
        await tell(reader, run, risk, settings);
      await keepVolumes(reader, day, volumesOf(day, own, settings));
    }
    const last = [...days.values()].at(-1)?.[0]?.index ?? to;
    const cut = to < size && last === (looks[0]?.index ?? to);
    if (cut && looks[0] !== undefined) await tell(reader, run, incomplete(looks), settings);
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

const dayOf = (at: number): string => civilDateText(civilDateInChina(at));

async function looksBetween(reader: Reader, from: number, to: number): Promise<Look[]> {
  const looks: Look[] = [];
  for (let first = from; first < to; first += chunk) {
    const end = Math.min(first + chunk, to);
    const tokens = new Map(
      (await subjectsBetween(reader, first, end)).map((row) => [
        row.index,
        row.tokens.map((token) => Buffer.from(token).toString('hex')),
      ]),
    );
    for (const { index, leaf } of await leavesBetween(reader, first, end)) {
      const look = lookOf(index, leafIn(leaf), tokens.get(index) ?? []);
      if (look !== undefined) looks.push(look);
    }
  }
  return looks;
}

/** Undefined for what is no call for data of a department that proved who it is. */
function lookOf(index: number, leaf: Leaf | undefined, persons: readonly string[]): Look | undefined {
  const consumer = leaf?.consumer ?? leaf?.actor.department;
  if (leaf?.kind !== 'release' || consumer === undefined) return undefined;
  const denied = leaf.decision === 'deny';
  return {
    ...{ index, consumer, denied, persons },
    at: Date.parse(leaf.at),
    provider: leaf.provider,
    official: leaf.onBehalfOf,
    matter: leaf.matter,
    rows: denied ? 0 : (leaf.rows?.delivered ?? 1),
  };
}

const incomplete = (looks: readonly Look[]): Risk => ({
  rule: 'watch-incomplete',
  day: dayOf(looks[0]?.at ?? 0),
  key: '',
  consumer: undefined,
  official: undefined,
  departments: [],
  count: looks.length,
  limit: looks.length,
  entries: [looks[0]?.index ?? 0],
});

async function tell(reader: Reader, run: JobRun, risk: Risk, { answerDays }: RiskSettings): Promise<void> {
  if (await growRisk(reader, risk)) return;
  const now = run.now();
  const id = uuid7(now);
  const due = dayOf(now + answerDays * 86_400_000);
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
