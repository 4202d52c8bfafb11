import type { Division } from '../../../../../adapters/reading/division.ts';
import { copied } from '../../../../../adapters/reading/text/copied.ts';
import { hasText, lineStart, merged, ranges, type Range } from '../../../../../adapters/reading/ranges.ts';
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { guardedPart, PartGuard, type CopyPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import type { CopyThread } from './copyThread.ts';
import type { SentRange, RangePart } from './messages.ts';

/** A range is some 130 KiB, and its results two or three times as much. */
const firstBufferBytes = 512 * 1024;

/**
 * Shared memory in which ranges are sent to threads and results are returned. Nothing is copied, and the buffers are reused. Message
 * contents would be allocated on both sides instead. The collector frees that much memory only by traversing all objects of the hub.
 */
class BufferPool {
  private readonly free: SharedArrayBuffer[] = [];
  private least = firstBufferBytes;

  /** Copies the bytes into a buffer with at least the same space after them. */
  of(bytes: Uint8Array): Uint8Array {
    const least = Math.max(this.least, bytes.length * 4);
    let buffer = this.free.pop();
    if (buffer === undefined || buffer.byteLength < bytes.length * 4) buffer = new SharedArrayBuffer(least);
    const inside = new Uint8Array(buffer, 0, bytes.length);
    inside.set(bytes);
    return inside;
  }

  /** Returns a buffer for reuse once its content is no longer read. @param made results made from the bytes, which may not have fitted */
  giveBack({ buffer }: Uint8Array, made?: Uint8Array): void {
    if (made !== undefined && !(made.buffer instanceof SharedArrayBuffer))
      this.least = Math.max(this.least, buffer.byteLength + 2 * made.length);
    if (buffer instanceof SharedArrayBuffer && buffer.byteLength >= this.least) this.free.push(buffer);
  }
}

/** A range that a thread works on. */
interface Work {
  /** as the thread reads it: its bytes are in a buffer of the pool */
  readonly sent: SentRange;
  readonly thread: Reading;
  readonly part: Promise<RangePart>;
}

/** The questions to a thread that this file uses. */
export type Reading = Pick<CopyThread, 'range' | 'repeated'>;

/** Ranges that are queued or in progress for each thread. */
const rangesEach = 4;

/**
 * Divides a file into ranges that go to the threads in turn, and returns the parts in the order of the file. The first range determines
 * the columns. Where a range ends inside a record, that record is read again together with the following bytes.
 * @param bytes a chunk must be valid only until the next is requested
 * @throws Problem, the adapter's problem with a file it cannot read
 */
export async function* dividedParts(
  threads: readonly Reading[],
  bytes: AsyncIterable<Uint8Array>,
  division: Division,
  task: Pick<CopyTask, 'rememberedKeys'> = {},
): AsyncGenerator<CopyPart> {
  const source = ranges(bytes, division);
  const guard = new PartGuard(task);
  const buffers = new BufferPool();
  const under: Work[] = [];
  const maxRanges = threads.length * rangesEach;
  let options: unknown;
  let turn = 0;
  const file = { ended: false };
  /** physical lines before the part that is finished next */
  let line = 0;

  const begin = (range: Range, thread: Reading): Work => {
    const place = { bytes: buffers.of(range.bytes), first: range.byte };
    const sent = options === undefined ? place : { ...place, options };
    return { sent, thread, part: thread.range(sent) };
  };
  const next = async (): Promise<Range | undefined> => {
    const found = await source.next();
    if (found.done !== true) return found.value;
    file.ended = true;
    return undefined;
  };
  /** Releases the buffer of a range whose results are not used. */
  const leave = ({ sent: { bytes: buffer }, part }: Work): void => {
    part.then(
      ({ tuples }) => buffers.giveBack(buffer, tuples),
      () => buffers.giveBack(buffer),
    );
  };
  /** The following ranges, regardless of their results: at least that many bytes, or the rest. Copies, because their buffers are reused. */
  const following = async (least: number): Promise<Range[]> => {
    const found: Range[] = [];
    for (let size = 0; size < least;) {
      const unread = under.shift();
      const behind = unread === undefined ? await next() : rangeOf(unread);
      if (behind === undefined) break;
      found.push({ ...behind, bytes: copied(behind.bytes) });
      size += behind.bytes.length;
      if (unread !== undefined) leave(unread);
    }
    return found;
  };
  const finish = async ({ sent, thread }: Work, found: RangePart): Promise<CopyPart> => {
    const part = line === 0 ? found : inFile(found, line);
    options ??= division.later(part.columns, copied(sent.bytes));
    line += part.physical;
    const repetitions = guard.repetitions(part);
    const repeated =
      repetitions.length === 0 ? [] : await thread.repeated({ range: sent, rows: part.rows, repetitions });
    return guardedPart(part, repetitions, repeated);
  };

  try {
    for (;;) {
      // until the first range has determined the columns, nothing else can be read
      while (!file.ended && under.length < (options === undefined ? 1 : maxRanges)) {
        const range = await next();
        const thread = threads[turn % threads.length];
        if (range === undefined || thread === undefined) break;
        turn += 1;
        under.push(begin(range, thread));
      }
      const oldest = under.shift();
      if (oldest === undefined) return;
      const part = await answered(oldest, line);
      const { thread } = oldest;
      const { bytes: buffer, byte } = rangeOf(oldest);
      const cut = openFrom(part, buffer);
      // doubled each time, so that a long record is not read again and again
      const behind = cut === undefined ? [] : await following(buffer.length - cut);
      if (cut === undefined || behind.length === 0) {
        yield await finish(oldest, part);
        leave(oldest);
        continue;
      }
      if (cut > 0) {
        const before = begin({ bytes: buffer.subarray(0, cut), byte }, thread);
        yield await finish(before, await answered(before, line));
        leave(before);
      }
      const open = { bytes: buffer.subarray(cut), byte: byte + cut };
      under.unshift(begin(merged(open, ...behind), thread));
      leave(oldest);
    }
  } finally {
    await source.return(undefined);
  }
}

/** Valid until its buffer is returned to the pool. */
const rangeOf = ({ sent: { bytes, first } }: Work): Range => ({ bytes, byte: first });

/** @param line physical lines before it @throws Problem, with lines and places of the file */
async function answered({ sent, part }: Work, line: number): Promise<RangePart> {
  try {
    return await part;
  } catch (error) {
    throw error instanceof Problem ? problemInFile(error, line, sent.first) : error;
  }
}

/** @param line physical lines before it */
const inFile = (part: RangePart, line: number): RangePart => ({
  ...part,
  lines: part.lines.map((one) => one + line),
  failed: part.failed.map(moved(line)),
});

const moved =
  (by: number) =>
  ({ line, problems, ...others }: BadRecord): BadRecord => ({
    line: line + by,
    problems: problems.map((problem) => ({ ...problem, line: problem.line + by })),
    ...others,
  });

function problemInFile({ code, facts, extras }: Problem, line: number, byte: number): Problem {
  const places = { line, byte };
  const shifted = Object.entries(facts).map(([name, value]) => {
    const before = name === 'line' || name === 'byte' ? places[name] : 0;
    return [name, typeof value === 'number' ? value + before : value] as const;
  });
  const { findings } = extras;
  if (!Array.isArray(findings)) return new Problem(code, Object.fromEntries(shifted), extras);
  const inFile = (findings as readonly { readonly line?: number }[]).map((finding) =>
    finding.line === undefined ? finding : { ...finding, line: finding.line + line },
  );
  return new Problem(code, Object.fromEntries(shifted), { ...extras, findings: inFile });
}

/**
 * The start of the first record that more bytes could change; undefined where there is none. If only blank lines precede it, it is the
 * whole range: they do not determine the columns.
 */
function openFrom({ failed }: RangePart, bytes: Uint8Array): number | undefined {
  const found = failed.find(({ open }) => open === true);
  if (found === undefined) return undefined;
  const start = lineStart(bytes, found.line);
  return hasText(bytes.subarray(0, start)) ? start : 0;
}
