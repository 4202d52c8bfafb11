/**
 * A stream over as many calls as it needs. When a connection breaks, the next call names the last verified part and returns what follows
 * it. Each call is a separate exchange: decided, masked and logged again.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { networkFault } from '../../terms/faultWords.ts';
import { Problem } from '../../terms/problem.ts';
import { DatongProblem } from './datongProblem.ts';
import type { RecordStream } from './recordStream.ts';

export interface StreamPatience {
  /** calls in a row without a further part, before the failure is final */
  readonly maxTries: number;
  /** milliseconds before the second try; each further wait is twice as long, up to a minute */
  readonly firstWaitMs: number;
}

const usualPatience: StreamPatience = { maxTries: 5, firstWaitMs: 1_000 };
const maxWaitMs = 60_000;

/** How to read a stream that may break. */
export interface StreamReading {
  /** Opens the stream, or the part of it that follows a cursor. */
  readonly open: (after: string | undefined) => Promise<RecordStream>;
  /** Reads one of the calls to its end. Parts that it has taken stay taken. */
  readonly read: (stream: RecordStream) => Promise<unknown>;
  /** cursor of the last part that an earlier process took */
  readonly after?: string | undefined;
  readonly patience?: StreamPatience;
  /** called with each failure that another call follows */
  readonly whenBroken?: (error: unknown) => void;
}

/**
 * Reads a stream to its end.
 * @returns the streams of its calls, in their order; the last one has the end
 * @throws errors that another call cannot correct, and failures that persist
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

/** True where the connection or the hub failed for the moment; false for errors of the agreement, the rows or a signature. */
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

/** reasons for which the hub ends a stream that can be resumed later */
const passing = /^(?:hub_stopping|consumer_gone|log_(?:busy|unavailable)|database_\w+)$/;
const factOf = (fact: unknown): string => (typeof fact === 'string' ? fact : '');
