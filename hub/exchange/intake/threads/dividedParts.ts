import { merged, stretches, type Division, type Stretch } from '../../../../adapters/division.ts';
import type { BadRecord } from '../../../../adapters/reader.ts';
import { Problem } from '../../../../terms/problem.ts';
import { guardedPart, PartGuard, type CopyPart } from '../copyParts.ts';
import type { CopyThread } from './copyThread.ts';
import { stretchesKept, type StretchPart } from './messages.ts';

/** A stretch that a thread works on. */
interface Work {
  readonly stretch: Stretch;
  readonly thread: CopyThread;
  readonly part: Promise<StretchPart>;
}

/**
 * Parts of a file whose stretches go to the threads in turn, in the order of the file. The first stretch tells the columns. A stretch
 * that turns out to end inside a record is read again together with the next one.
 * @throws Problem, what the adapter says of a file it cannot read
 */
export async function* dividedParts(
  threads: readonly CopyThread[],
  bytes: AsyncIterable<Uint8Array>,
  division: Division,
): AsyncGenerator<CopyPart> {
  const source = stretches(bytes, division);
  const guard = new PartGuard();
  const under: Work[] = [];
  const most = threads.length * (stretchesKept - 2);
  let options: unknown;
  let turn = 0;
  const file = { ended: false };
  /** physical lines before the part that is finished next */
  let line = 0;

  const begin = (stretch: Stretch, thread: CopyThread): Work => {
    const sent = { bytes: stretch.bytes, first: stretch.byte };
    return { stretch, thread, part: thread.stretch(options === undefined ? sent : { ...sent, options }) };
  };
  const next = async (): Promise<Stretch | undefined> => {
    const found = await source.next();
    if (found.done !== true) return found.value;
    file.ended = true;
    return undefined;
  };
  /** The stretch together with the one behind it, whatever that one came to. */
  const longer = async (work: Work): Promise<Work | undefined> => {
    const behind = under.shift()?.stretch ?? (await next());
    return behind === undefined ? undefined : begin(merged(work.stretch, behind), work.thread);
  };
  const finish = async (begun: Work): Promise<CopyPart> => {
    let work = begun;
    let part = await made(work, line);
    while (isUnfinished(part, work.stretch, division, options === undefined)) {
      const more = await longer(work);
      if (more === undefined) break;
      work = more;
      part = await made(work, line);
    }
    options ??= division.later(part.columns);
    line += part.physical;
    const repetitions = guard.repetitions(part);
    const repeated =
      repetitions.length === 0 ? [] : await work.thread.repeated(work.stretch.byte, repetitions);
    return guardedPart(part, repetitions, repeated);
  };

  try {
    for (;;) {
      // until the first stretch has told the columns, nothing else can be read
      while (!file.ended && under.length < (options === undefined ? 1 : most)) {
        const stretch = await next();
        const thread = threads[turn % threads.length];
        if (stretch === undefined || thread === undefined) break;
        turn += 1;
        under.push(begin(stretch, thread));
      }
      const oldest = under.shift();
      if (oldest === undefined) return;
      yield await finish(oldest);
    }
  } finally {
    await source.return(undefined);
  }
}

/** The part of a stretch, with lines and places of the file. @param line physical lines before it @throws Problem, likewise */
async function made({ stretch, part }: Work, line: number): Promise<StretchPart> {
  let found: StretchPart;
  try {
    found = await part;
  } catch (error) {
    throw error instanceof Problem ? inFile(error, line, stretch.byte) : error;
  }
  if (line === 0) return found;
  return { ...found, lines: found.lines.map((one) => one + line), failed: found.failed.map(moved(line)) };
}

const moved =
  (by: number) =>
  ({ line, problems, raw }: BadRecord): BadRecord => ({
    line: line + by,
    problems: problems.map((problem) => ({ ...problem, line: problem.line + by })),
    raw,
  });

function inFile({ code, facts, extras }: Problem, line: number, byte: number): Problem {
  const places = { line, byte };
  const shifted = Object.entries(facts).map(([name, value]) => {
    const before = name === 'line' || name === 'byte' ? places[name] : 0;
    return [name, typeof value === 'number' ? value + before : value] as const;
  });
  return new Problem(code, Object.fromEntries(shifted), extras);
}

/** Whether a stretch may end inside a record, or the first one inside the header. */
function isUnfinished(part: StretchPart, stretch: Stretch, division: Division, first: boolean): boolean {
  if (first && part.lines.length === 0 && part.failed.length === 0) return true;
  if (division.unfinished === undefined || stretch.bytes.length > division.maxRecordBytes * 2) return false;
  return part.failed.some(({ problems }) => problems[0]?.rule === division.unfinished);
}
