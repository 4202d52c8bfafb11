/** The hub's own log, for its operator: it reports events, never the persons concerned. */
import { pino, type Logger } from 'pino';
import { escapeHidden } from '../terms/controlText.ts';
import { Problem } from '../terms/problem.ts';
import { defined } from '../terms/defined.ts';
import type { Wait } from './platform/jobs/job.ts';

export type { Logger };

/**
 * Writes structured lines to a stream (default: standard error). docs/operations.md lists their members.
 * @param worker number of the process among those of `serve --workers`
 */
export function hubLogger(
  level: string,
  stream: NodeJS.WritableStream = process.stderr,
  worker?: number,
): Logger {
  return pino(
    { level, base: worker === undefined ? null : { worker }, timestamp: pino.stdTimeFunctions.isoTime },
    // a terminal would interpret control characters in a name or path
    { write: (line: string) => void stream.write(escapeHidden(line)) },
  );
}

/**
 * The loggable facts of an error. Messages of the database driver can quote values of rows, so only its code and its position in the
 * program are logged.
 */
export function errorFacts(error: unknown): Record<string, unknown> {
  const cause = error instanceof Problem ? error.cause : undefined;
  return {
    ...(error instanceof Problem ? { code: error.code } : {}),
    ...(error instanceof Problem && 'entry' in error.facts ? { entry: error.facts['entry'] } : {}),
    ...(error instanceof Problem && error.code === 'rollup_failed'
      ? { dataset: error.facts['dataset'], reason: error.text.en }
      : {}),
    ...(error instanceof Error ? { error: error.name, at: placesOf(error) } : { error: typeof error }),
    ...(error instanceof Error && 'code' in error ? { code: String(error.code) } : {}),
    ...(cause === undefined ? {} : { cause: errorFacts(cause) }),
  };
}

/** The frames of a stack without its first lines, which contain the message. */
function placesOf(error: Error): readonly string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 6)
    .map((line) => line.trim().replaceAll(/\(?file:\/\/[^)]*\/(?=[^/]+\/[^/]+\))/g, '('));
}

/** ms in which the same error is logged with its frames once */
const repeatAfter = 60_000;
/** different errors that are remembered */
const maxRemembered = 200;

/**
 * `errorFacts` for failures that can come in thousands, as on a full disk: the frames of an error are logged once a minute.
 * @param now ms of a monotonic clock
 */
export function shortenedFacts(
  now: () => number = () => performance.now(),
): (error: unknown) => Record<string, unknown> {
  const shown = new Map<string, number>();
  return (error) => {
    const facts = errorFacts(error);
    const key = JSON.stringify({ ...facts, entry: undefined });
    const since = shown.get(key);
    if (since !== undefined && now() - since < repeatAfter) return withoutFrames(facts);
    if (shown.size >= maxRemembered) shown.clear();
    shown.set(key, now());
    return facts;
  };
}

function withoutFrames({ at: _frames, cause, ...facts }: Record<string, unknown>): Record<string, unknown> {
  const inner = cause === undefined ? {} : { cause: withoutFrames(cause as Record<string, unknown>) };
  return { ...facts, ...inner };
}

/**
 * Logs what jobs left waiting for an act of a person: one line when it begins, or its reason changes, and one when it ends. The job runs
 * every few seconds, and a line of each run would hide those of failures.
 */
export function waitReport(logger: Logger): (job: string, waits: readonly Wait[]) => void {
  const known = new Map<string, ReadonlyMap<string, object>>();
  return (job, waits) => {
    const before = known.get(job);
    const now = new Map(waits.map((wait) => [JSON.stringify(waitFacts(wait)), waitFacts(wait)]));
    for (const [key, facts] of now)
      if (before?.has(key) !== true) logger.warn({ operation: job, ...facts }, 'waits');
    for (const [key, facts] of before ?? [])
      if (!now.has(key)) logger.info({ operation: job, ...facts }, 'no longer waits');
    known.set(job, now);
  };
}

const waitFacts = ({ dataset, rule, reason }: Wait): object => ({
  dataset,
  ...defined({ rule }),
  code: reason.code,
  reason: reason.text.en,
});

/** A failure of the hub in an exchange or a job. */
interface Failure {
  readonly exchange: string;
  readonly operation: string;
  readonly error: unknown;
}

/** Logs failures, one line each. @param noticed called with each error first */
export function failureReport(logger: Logger, noticed: (error: unknown) => void): (failure: Failure) => void {
  const facts = shortenedFacts();
  return ({ exchange, operation, error }) => {
    noticed(error);
    logger.error({ exchange, operation, ...facts(error) }, 'failed');
  };
}
