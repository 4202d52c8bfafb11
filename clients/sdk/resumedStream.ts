/**
 * A stream over as many calls as it takes. Where a connection breaks, the next call names the last verified part and returns what follows it.
 * Each call is an exchange of its own: decided, masked and logged anew.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { networkFault } from '../../terms/faultWords.ts';
import { Problem } from '../../terms/problem.ts';
import { DatongProblem } from './datongProblem.ts';
import type { RecordStream } from './recordStream.ts';

export interface StreamPatience {
  /** calls in a row that bring no further part, before the failure is final */
  readonly maxTries: number;
  /** ms before the second try; each further wait is twice as long, up to a minute */
  readonly firstWaitMs: number;
}

const usualPatience: StreamPatience = { maxTries: 5, firstWaitMs: 1_000 };
const maxWaitMs = 60_000;

/** How a stream is read that may break. */
export interface StreamReading {
  /** Opens it, or what follows a cursor of it. */
  readonly open: (after: string | undefined) => Promise<RecordStream>;
  /** Reads one of the calls to its end. Parts that it took stay taken. */
  readonly read: (stream: RecordStream) => Promise<unknown>;
  /** of an earlier process: cursor of the last part that was taken */
  readonly after?: string | undefined;
  readonly patience?: StreamPatience;
  /** gets each failure that is followed by another call */
  readonly whenBroken?: (error: unknown) => void;
}

/**
 * Reads a stream to its end.
 * @returns the streams of its calls, in their order; the last one has the end
 * @throws what another call does not mend, and a failure that stays
 */
export async function readStream({
  open,
  read,
  after: from,
  patience: { maxTries, firstWaitMs } = usualPatience,
  whenBroken,
}: StreamReading): Promise<readonly RecordStream[]> {
  const streams: RecordStream[] = [];
  let after = from;
  for (let tries = 1; ; tries += 1) {
    let stream: RecordStream | undefined;
    try {
      stream = await open(after);
      streams.push(stream);
      await read(stream);
      return streams;
    } catch (error) {
      const reached = stream?.cursor;
      if (reached !== undefined) {
        after = reached;
        tries = 1;
      }
      if (!isBroken(error) || tries >= maxTries) throw error;
      whenBroken?.(error);
      await wait(Math.min(maxWaitMs, firstWaitMs * 2 ** (tries - 1)));
    }
  }
}

/** The connection, or the hub for now: not what the agreement, the rows or a signature are. */
export function isBroken(error: unknown): boolean {
  if (error instanceof DatongProblem) return error.status === 429 || error.status >= 502;
  if (error instanceof Problem)
    return (
      error.code === 'reply_stream_truncated' ||
      (error.code === 'stream_aborted' && passing.test(factOf(error.facts['code'])))
    );
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && networkFault(code) !== undefined && !/^(?:CERT_|ERR_)/.test(code);
}

/** why the hub ended a stream that it would go on with later */
const passing = /^(?:hub_stopping|consumer_gone|log_(?:busy|unavailable)|database_\w+)$/;
const factOf = (fact: unknown): string => (typeof fact === 'string' ? fact : '');
