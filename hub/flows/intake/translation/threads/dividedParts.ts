import type { Division } from '../../../../../adapters/reading/division.ts';
import { copied } from '../../../../../adapters/reading/text/copied.ts';
import { hasText, lineStart, merged, ranges, type Range } from '../../../../../adapters/reading/ranges.ts';
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { guardedPart, PartGuard, type CopyPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import type { CopyThread } from './copyThread.ts';
import type { SentRange, RangePart } from './messages.ts';

/** A stretch is some 130 KiB, and what is made of it two or three times as much. */
const firstRoom = 512 * 1024;

/**
 * Memory in which stretches go to threads and what is made of them comes back: both sides see it, so nothing is copied on the way, and it is
 * used again for another stretch. What a message carries is allocated on either side instead, and of so much memory the collector lets go
 * only by going through all objects of the hub.
 */
class BufferPool {
  private readonly free: SharedArrayBuffer[] = [];
  private least = firstRoom;

  /** The bytes in a room, with as much behind them again at least. */
  of(bytes: Uint8Array): Uint8Array {
    const least = Math.max(this.least, bytes.length * 4);
    let room = this.free.pop();
    if (room === undefined || room.byteLength < bytes.length * 4) room = new SharedArrayBuffer(least);
    const inside = new Uint8Array(room, 0, bytes.length);
    inside.set(bytes);
    return inside;
  }

  /** To be used again: nobody reads what stands in it any more. @param made what was made of the bytes, which may have found no room */
  giveBack({ buffer }: Uint8Array, made?: Uint8Array): void {
    if (made !== undefined && !(made.buffer instanceof SharedArrayBuffer))
      this.least = Math.max(this.least, buffer.byteLength + 2 * made.length);
    if (buffer instanceof SharedArrayBuffer && buffer.byteLength >= this.least) this.free.push(buffer);
  }
}

/** A stretch that a thread works on. */
interface Work {
  /** as the thread reads it: its bytes are in a room */
  readonly sent: SentRange;
  readonly thread: Reading;
  readonly part: Promise<RangePart>;
}

/** What is asked of a thread here. */
export type Reading = Pick<CopyThread, 'stretch' | 'repeated'>;

/** Stretches that wait for each thread or are worked on. */
const stretchesEach = 4;

/**
 * Parts of a file whose stretches go to the threads in turn, in the order of the file. The first stretch tells the columns. Where a
 * stretch turns out to end inside a record, that record is read again together with what follows.
 * @param bytes a chunk need not hold any longer than until the next is asked for
 * @throws Problem, what the adapter says of a file it cannot read
 */
export async function* dividedParts(
  threads: readonly Reading[],
  bytes: AsyncIterable<Uint8Array>,
  division: Division,
  task: Pick<CopyTask, 'rememberedKeys'> = {},
): AsyncGenerator<CopyPart> {
  const source = ranges(bytes, division);
  const guard = new PartGuard(task);
  const rooms = new BufferPool();
  const under: Work[] = [];
  const most = threads.length * stretchesEach;
  let options: unknown;
  let turn = 0;
  const file = { ended: false };
  /** physical lines before the part that is finished next */
  let line = 0;

  const begin = (range: Range, thread: Reading): Work => {
    const place = { bytes: rooms.of(range.bytes), first: range.byte };
    const sent = options === undefined ? place : { ...place, options };
    return { sent, thread, part: thread.stretch(sent) };
  };
  const next = async (): Promise<Range | undefined> => {
    const found = await source.next();
    if (found.done !== true) return found.value;
    file.ended = true;
    return undefined;
  };
  /** Nobody uses what is made of it. */
  const leave = ({ sent: { bytes: room }, part }: Work): void => {
    part.then(
      ({ tuples }) => rooms.giveBack(room, tuples),
      () => rooms.giveBack(room),
    );
  };
  /** The stretches behind, whatever they came to: as many bytes at least, or what is left. Copies: their rooms are used again. */
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
      repetitions.length === 0 ? [] : await thread.repeated({ stretch: sent, rows: part.rows, repetitions });
    return guardedPart(part, repetitions, repeated);
  };

  try {
    for (;;) {
      // until the first stretch has told the columns, nothing else can be read
      while (!file.ended && under.length < (options === undefined ? 1 : most)) {
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
      const { bytes: room, byte } = rangeOf(oldest);
      const cut = openFrom(part, room);
      // twice as much each time, so that a long record is not read again and again
      const behind = cut === undefined ? [] : await following(room.length - cut);
      if (cut === undefined || behind.length === 0) {
        yield await finish(oldest, part);
        leave(oldest);
        continue;
      }
      if (cut > 0) {
        const before = begin({ bytes: room.subarray(0, cut), byte }, thread);
        yield await finish(before, await answered(before, line));
        leave(before);
      }
      const open = { bytes: room.subarray(cut), byte: byte + cut };
      under.unshift(begin(merged(open, ...behind), thread));
      leave(oldest);
    }
  } finally {
    await source.return(undefined);
  }
}

/** It lies in its room until that is given back. */
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
  return new Problem(code, Object.fromEntries(shifted), extras);
}

/**
 * Where the first record begins of which more bytes could make something else; undefined where they could not. All of a stretch is
 * meant where nothing but blank lines stands before: they do not tell the columns.
 */
function openFrom({ failed }: RangePart, bytes: Uint8Array): number | undefined {
  const found = failed.find(({ open }) => open === true);
  if (found === undefined) return undefined;
  const start = lineStart(bytes, found.line);
  return hasText(bytes.subarray(0, start)) ? start : 0;
}
