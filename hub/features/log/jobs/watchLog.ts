/** Applies the risk rules to the log as it grows, one day at a time. Each finding becomes one log entry and waits for a person. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import type { RiskSettings } from '../../../../terms/riskSettings.ts';
import type { Look, Risk } from '../../../domain/risks/risk.ts';
import { risksOf, volumesOf } from '../../../domain/risks/rules.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { growRisk, insertRisk } from '../../risks/store/risks.ts';
import { forgetVolumes, knownVolumes, storeVolumes, type KnownVolumes } from '../../risks/store/volumes.ts';
import { restsOfDays } from './entries/restsOfDays.ts';
import {
  watchedEntries,
  type SeenDay,
  type SeenDays,
  type WatchedEntries,
} from './entries/watchedEntries.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import { defined } from '../../../../terms/defined.ts';

/** Maximum number of entries judged together, and of persons in them. */
export const judgedTogether = 100_000;
export const personsTogether = 1_000_000;

/** Position to resume from. The current day is read from its beginning, so that its findings grow and are not duplicated. */
interface Watched {
  /** index of the first entry of that day */
  readonly from: number;
  /** number of entries at the last run */
  readonly seen: number;
  /**
   * index of the first entry that is judged again, once the altered rows are restored that were in the way of its judgement, or the search
   * index is rebuilt
   */
  readonly again?: number;
  /** Unix milliseconds of the last attempt to judge them, of which there is one in each interval */
  readonly triedAt?: number;
}

const every = 300_000;

export function watchLog(
  reader: Pool,
  audit: Pick<OpenedAuditLog, 'size'>,
  settings: RiskSettings,
  {
    entries = watchedEntries(reader, { entries: judgedTogether, persons: personsTogether }),
    maxEntries = judgedTogether,
    maxPersons = personsTogether,
    maxUnindexed,
  }: WatchOptions = {},
): Job {
  const resting = restsOfDays(reader, settings, maxUnindexed);
  /**
   * start of the next judgement, and the number of entries at the last one, as known to this process. While another process runs the job,
   * this becomes outdated, and each second the process asks the database whether it may take over
   */
  let known: Watched = { from: 0, seen: 0 };
  return {
    name: 'watchLog',
    every,
    lease: 300_000,
    isPositionSealed: true,
    early: () => audit.size() - known.from > maxEntries && audit.size() - known.seen >= maxEntries / 10,
    run: async (run) => {
      const failures: unknown[] = [];
      const last = watched(run.state);
      const { from, seen, again, triedAt } = await beginning(reader, { last, now: run.now() }, failures);
      const size = audit.size();
      known = { from, seen: size };
      if (size <= seen) return { failures };
      const { days, to } = await entries.between(from, Math.min(size, from + maxEntries), maxPersons);
      if (from < last.from && !(await canRest(days, resting, failures))) {
        known = last;
        const state: Watched = { ...last, ...defined({ triedAt }) };
        return { state, failures, more: last.seen < size && !run.signal.aborted };
      }
      const whole: boolean[] = [];
      for (const [day, seenDay] of days) {
        whole.push(await judge({ reader, run, settings, failures }, { day, seenDay, from, to, resting }));
      }
      if (failures.length === 0) await forgetVolumes(reader);
      const { next, tooLong } = positionAfter({ days, to }, size);
      if (tooLong !== undefined) {
        const looks = [...days.values()].flatMap((one) => one.looks);
        await report(reader, run, { ...incomplete(looks, tooLong), from: tooLong.first }, settings);
      }
      // what could not be judged is judged again: the position passes it, so that later entries are judged until then
      const isJudged = failures.length === 0 && !whole.includes(false);
      const waiting = beginningAfter({ from, again }, isJudged);
      const state: Watched = {
        from: next,
        seen: to,
        ...(waiting === undefined ? {} : { again: waiting, ...defined({ triedAt }) }),
      };
      known = { from: state.from, seen: size };
      entries.forget(state.from);
      return { state, failures, more: to < size && !run.signal.aborted };
    },
  };
}

/**
 * Where the next run begins. A finished day is not read again; a day that is too long continues after the judged part.
 * @returns `tooLong`: that day
 */
function positionAfter(
  { days, to }: SeenDays,
  size: number,
): { readonly next: number; readonly tooLong: SeenDay | undefined } {
  const [begun] = days.values();
  const lastDay = latestOf(days)?.first ?? to;
  const isCut = to < size && lastDay === (begun?.first ?? to);
  return { next: isCut ? to : lastDay, tooLong: isCut ? begun : undefined };
}

/** Index of the first entry that is judged again after a run; undefined if there is none. */
const beginningAfter = (
  { from, again }: { readonly from: number; readonly again: number | undefined },
  isJudged: boolean,
): number | undefined => (isJudged ? again : Math.min(again ?? from, from));

/**
 * Where a run begins: at what is to be judged again, if the rows that judgements need have valid seals by now and it was not tried in this
 * interval.
 * @param failures receives a problem where they do not
 */
async function beginning(
  reader: Pool,
  { last, now }: { readonly last: Watched; readonly now: number },
  failures: unknown[],
): Promise<Watched> {
  const { again, triedAt } = last;
  if (again === undefined) return last;
  const restored = await exceptAltered(failures, async () => {
    await refuseUnauthentic(reader, ['risk', 'risk_volume']);
    return { from: again, seen: again, triedAt: now };
  });
  const isDue = triedAt === undefined || now - triedAt >= every;
  return isDue ? (restored ?? last) : last;
}

/**
 * Whether all rests of these days can be judged. It is asked before entries are judged again: a judgement replaces the volumes and the
 * findings of later entries of its days, so all of these would have to follow it.
 * @param failures receives a problem for agreements whose rows were altered
 */
async function canRest(
  days: SeenDays['days'],
  resting: ReturnType<typeof restsOfDays>,
  failures: unknown[],
): Promise<boolean> {
  const before = failures.length;
  for (const [day, { looks }] of days) if (!(await resting(day, looks, failures)).isWhole) return false;
  return failures.length === before;
}

const unknownVolumes: KnownVolumes = { before: [], soFar: { volumes: [], behind: 0 } };

interface Judging {
  readonly reader: Pool;
  readonly run: JobRun;
  readonly settings: RiskSettings;
  /** receives a problem for what is left out because of altered rows */
  readonly failures: unknown[];
}

/**
 * Reports the risks of a day, and stores its volumes.
 * @returns false if the search index could not answer for all rests of the day
 */
async function judge(
  { reader, run, settings, failures }: Judging,
  {
    day,
    seenDay,
    from,
    to,
    resting,
  }: {
    readonly day: string;
    readonly seenDay: SeenDay;
    /** index of the first entry of the run */
    readonly from: number;
    /** index after its last one */
    readonly to: number;
    readonly resting: ReturnType<typeof restsOfDays>;
  },
): Promise<boolean> {
  const known = await exceptAltered(failures, () => knownVolumes(reader, day, from));
  // without them no volume is unusual; the other rules are applied
  const { before, soFar: earlier } = known ?? unknownVolumes;
  const { volumes: soFar, behind } = earlier;
  // an entry logged after the first entry of the next day was already judged with its own day
  const looks = seenDay.looks.filter(({ index }) => index >= behind);
  const searches = seenDay.searches.filter(({ index }) => index >= behind);
  const first = Math.max(seenDay.first, behind);
  const rests = await resting(day, looks, failures);
  for (const risk of risksOf({ day, looks, soFar, before, searches, rests }, settings))
    await exceptAltered(failures, () => report(reader, run, { ...risk, from: first }, settings));
  if (known !== undefined)
    await exceptAltered(failures, () =>
      storeVolumes(reader, { day, first, behind: to, from }, volumesOf(day, looks, settings)),
    );
  return rests.isWhole;
}

export interface WatchOptions {
  /** cache of the entries that other jobs read from the log */
  readonly entries?: WatchedEntries;
  /** maximum number of entries judged together */
  readonly maxEntries?: number;
  /** maximum number of persons in them */
  readonly maxPersons?: number;
  /** maximum number of entries that the search index lacks and that are read for the rests of a day */
  readonly maxUnindexed?: number;
}

function watched(state: unknown): Watched {
  const { from, seen, again, triedAt } = (state ?? {}) as Partial<Watched>;
  return {
    from: Number.isSafeInteger(from) ? Number(from) : 0,
    seen: Number.isSafeInteger(seen) ? Number(seen) : 0,
    ...(Number.isSafeInteger(again) ? defined({ again }) : {}),
    ...(Number.isFinite(triedAt) ? defined({ triedAt }) : {}),
  };
}

/** The day that began last in the log. A day whose next calendar day already began earlier in the log is finished. */
function latestOf(days: SeenDays['days']): SeenDay | undefined {
  const begun = new Set<string>();
  let latest: SeenDay | undefined;
  for (const [day, one] of days) {
    if (!begun.has(dayInChina(one.at + 86_400_000))) latest = one;
    begun.add(day);
  }
  return latest;
}

const incomplete = (looks: readonly Look[], { at, first }: SeenDay): Risk => ({
  rule: 'watch-incomplete',
  day: dayInChina(at),
  key: '',
  consumer: undefined,
  official: undefined,
  person: undefined,
  departments: [],
  count: looks.length,
  limit: looks.length,
  entries: [first],
});

/** @param risk with the index of the first judged entry */
async function report(
  reader: Reader,
  run: JobRun,
  risk: Risk & { readonly from: number },
  { answerDays }: RiskSettings,
): Promise<void> {
  if (await growRisk(reader, risk)) return;
  const now = run.now();
  const id = uuid7(now);
  const due = dayInChina(now + answerDays * 86_400_000);
  const { rule, day, count, limit, consumer } = risk;
  await run.act({
    operation: 'watchLog',
    ...defined({ consumer }),
    change: { risk: id, rule, day, count, limit, due },
    work: async (transaction, exchange) => {
      await insertRisk(transaction, risk, { id, now, due, exchange });
    },
  });
}
