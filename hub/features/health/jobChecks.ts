/** Readiness checks of the hub's own jobs. They report `degraded`, which does not take the hub out of service; only an invalid log does. */
import { randomComparisons } from '../../flows/intake/jobs/randomComparisons.ts';
import { silentDatasets } from '../../flows/intake/silentDatasets.ts';
import { passMemory, type Pass } from '../../platform/database/authenticated/passRecord.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import type { Database } from '../../platform/database/database.ts';
import type { ReleaseWatch } from '../../platform/database/releaseWatch.ts';
import { witnessStates } from '../../log/store/cosignatures.ts';
import { knownPass } from '../../log/evidence/reverifyPortion.ts';
import { countFindings } from '../../log/store/findings.ts';
import { unreachedAfterMs } from '../../domain/reminder.ts';
import { reminderFigures } from '../reminders/store/reminders.ts';
import { jobMemory } from '../../platform/jobs/jobMemory.ts';
import { listJobs, stateOfJob } from '../../platform/jobs/store/jobs.ts';

/** Maximum milliseconds that a job waits or is leased ahead. A later time means that it was altered in the database. */
const maxAheadMs = 2 * 86_400_000;

/** Milliseconds after a comparison of the database, in addition to its interval or pause, after which its absence is reported. */
const comparisonPatienceMs = 5 * 60_000;
/** the same for the catalogue, which is not compared during an upgrade */
const cataloguePatienceMs = 15 * 60_000;
const databaseJobs = ['verifyRows', 'verifyDatasets'] as const;

/** Checks by name: each returns `ok`, `degraded: …`, or the reason if the log itself is invalid. */
export function jobChecks(
  database: Pick<Database, 'app' | 'owner' | 'now'>,
): Readonly<Record<string, () => Promise<string>>> {
  // a record may be of a time when the hub did not run
  let since: number | undefined;
  return {
    comparisons: async () => {
      since ??= database.now();
      return comparisonState(database, since);
    },
    log_findings: async () => {
      const { count, first } = await countFindings(database.app);
      if (first === undefined) return 'ok';
      const place = first.index === null ? '' : ` at entry ${first.index}`;
      const reported = `${count} finding${count === 1 ? '' : 's'}, first ${first.code}${place}`;
      return first.code === 'root_mismatch' ? reported : `degraded: ${reported}`;
    },
    submissions: async () => {
      const [first, ...more] = await silentDatasets(database.app, database.now());
      if (first === undefined) return 'ok';
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      return `degraded: nothing came of ${first.dataset}${others}`;
    },
    reminders: async () => {
      const { unreached } = await reminderFigures(database.app, database.now() - unreachedAfterMs);
      return unreached === 0
        ? 'ok'
        : `degraded: ${unreached} address${unreached === 1 ? '' : 'es'} not reached`;
    },
    jobs: async () => {
      const now = database.now();
      const rows = await listJobs(database.app);
      const memory = jobMemory(database.app);
      const held = memory.late(rows, now);
      const late = rows.flatMap((row) => {
        const { name, due, leaseUntil } = row;
        const outcomes = [row.outcome, memory.lastEnd(name, row)?.outcome];
        const failed = outcomes.find((outcome) => (outcome ?? 'ok') !== 'ok');
        if (typeof failed === 'string') return [`${name} ${failed}`];
        const isFar = Math.max(due, leaseUntil ?? 0) - now > maxAheadMs;
        return isFar && !held.some((one) => one.name === name) ? [`${name} late`] : [];
      });
      late.push(...held.map(({ name, since }) => `${name} late since ${moment(since)}`));
      return late.length === 0 ? 'ok' : `degraded: ${late.join(', ')}`;
    },
  };
}

/** @param since Unix milliseconds from which a comparison is expected */
async function comparisonState(
  database: Pick<Database, 'app' | 'owner' | 'now'>,
  since: number,
): Promise<string> {
  const { key } = sealingOf(database.app)?.digests ?? {};
  if (key === undefined) return 'ok';
  const now = database.now();
  const never: Pass = { at: 0, pausedUntil: 0, findings: 0 };
  const [rows = never, datasets = never] = await Promise.all(
    databaseJobs.map(async (name) => {
      const stored = await stateOfJob(database.app, name);
      return passMemory(database.app, name).last(stored?.state, key, now);
    }),
  );
  const log = (await knownPass(database.app, now)) ?? never;
  const expected = [
    { name: 'verifyRows', from: Math.max(since, rows.at, rows.pausedUntil) },
    { name: 'verifyDatasets', from: Math.max(since, datasets.at, datasets.pausedUntil) },
    { name: 'reverifyLog', from: Math.max(since, log.at) },
  ];
  const late = expected.filter(({ from }) => now - from > comparisonPatienceMs);
  if (late.length > 0)
    return `degraded: late, or with an altered record: ${late.map(({ name, from }) => `${name} since ${moment(from)}`).join(', ')}`;
  // `pausedUntil` is no bound: each run moves it, also one that does not compare the catalogue. So the length of the pause is used
  const pause = Math.max(0, rows.pausedUntil - rows.at);
  if (now - Math.max(since, rows.catalogueAt ?? 0) > cataloguePatienceMs + pause)
    return 'degraded: the catalogue was not compared: the table migration names a migration of another release';
  const [first, ...more] = randomComparisons(database).hindered(now);
  if (first !== undefined)
    return `degraded: comparisons at random ${missedOf(first)} since ${moment(first.since)}: ${hindrances[first.cause]}${more.length === 0 ? '' : `, and ${more.length} more`}`;
  const findings = rows.findings + datasets.findings + log.findings;
  const { count } = await countFindings(database.app);
  return count < findings
    ? `degraded: the last comparison had ${findings} findings, and the table log_finding has ${count === 0 ? 'none' : count}`
    : 'ok';
}

const hindrances = {
  locked: 'another session holds a lock',
  cancelled: 'their statements are cancelled',
  disconnected: 'their sessions are ended',
  failed: 'their statements fail',
  slow: 'it takes too long',
  dropped: 'periods were dropped while they ran',
  refused: 'the database accepts no connection for them',
} as const;

const missedOf = ({ name, times }: { readonly name: string; readonly times?: number }): string =>
  times === undefined ? `have not read ${name}` : `missed ${name} ${times} times`;

const moment = (at: number): string => new Date(at).toISOString();

/** A witness that does not follow is reported as degraded. A witness that has seen another history means that the log is invalid. */
export const witnessCheck = (
  database: Pick<Database, 'app'>,
): Readonly<Record<string, () => Promise<string>>> => ({
  witnesses: async () => {
    const reported = (await witnessStates(database.app)).flatMap(({ name, trouble }) =>
      trouble === null ? [] : [{ trouble, text: `${name} ${trouble}` }],
    );
    if (reported.length === 0) return 'ok';
    const text = reported.map((one) => one.text).join(', ');
    const contradicted = reported.some(({ trouble }) => /^witness_(ahead|refused)$/.test(trouble));
    return contradicted ? text : `degraded: ${text}`;
  },
});

/** A process of a former release still answers calls, and its jobs rest for a while: its operator is to replace it. */
export const releaseCheck = (
  releases: Pick<ReleaseWatch, 'state'>,
): Readonly<Record<string, () => string>> => ({ release: () => releases.state() });
