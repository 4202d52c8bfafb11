/**
 * Rows of one dataset that wait for the hub, on disk in the order of their arrival: append-only segment files, and a state file with the
 * position up to which the hub has answered, the pending call, and the totals. A message is a line of a segment. Owned by one process.
 */
import { mkdir, open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { damaged, lineOf, messageIn, segmentFile, wholeBytes, type BufferedMessage } from './segmentFile.ts';

/** A place between two messages: number of the segment and byte in it. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

/** The pending call: the messages up to `to`, under `key`. */
export interface PlannedCall {
  readonly to: Position;
  readonly key: string;
  /** places of rows that the hub refused and that are therefore left out */
  readonly without: readonly number[];
}

export interface BufferTotals {
  readonly calls: number;
  readonly accepted: number;
  readonly quarantined: number;
  /** rows that the mapping of the hub passes over */
  readonly skipped: number;
  /** rows of refused calls, in the rejects file */
  readonly refused: number;
}

interface State {
  readonly v: 1;
  readonly at: Position;
  readonly call?: PlannedCall;
  readonly totals: BufferTotals;
}

interface Segment {
  readonly number: number;
  bytes: number;
}

export const noTotals: BufferTotals = { calls: 0, accepted: 0, quarantined: 0, skipped: 0, refused: 0 };
const usualSegmentBytes = 4 * 2 ** 20;

export class DiskBuffer {
  private readonly folder: string;
  private readonly segmentBytes: number;
  private segments: Segment[];
  private active: FileHandle | undefined;
  private state: State;

  private constructor(folder: string, segmentBytes: number, segments: Segment[], state: State) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.segments = segments;
    this.state = state;
  }

  /** Opens a folder, or makes it. A line that was cut off by a crash is removed: its message was not acknowledged. @throws VerbFailure (exit 4) for a damaged file */
  static async open(folder: string, segmentBytes: number = usualSegmentBytes): Promise<DiskBuffer> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const numbers = (await readdir(folder))
      .flatMap((name) => /^(\d{9})\.rows$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    const segments: Segment[] = [];
    for (const number of numbers) {
      const isLast = number === numbers.at(-1);
      segments.push({ number, bytes: await wholeBytes(segmentFile(folder, number), isLast) });
    }
    const state = await readState(join(folder, 'state.json'), segments[0]?.number ?? 1);
    return new DiskBuffer(folder, segmentBytes, segments, state);
  }

  get totals(): BufferTotals {
    return this.state.totals;
  }

  /** The pending call, also after a crash. */
  get call(): PlannedCall | undefined {
    return this.state.call;
  }

  /** Bytes that wait for the hub. */
  get waitingBytes(): number {
    const { segment, offset } = this.state.at;
    return this.segments.reduce((sum, { number, bytes }) => {
      if (number < segment) return sum;
      return sum + bytes - (number === segment ? offset : 0);
    }, 0);
  }

  /** Appends messages in one write. They are on the disk after `sync`. @returns the position after the last. @throws the file system's error, with nothing appended */
  async append(messages: readonly BufferedMessage[]): Promise<Position> {
    const segment = await this.writable();
    const text = messages.map((one) => `${lineOf(one)}\n`).join('');
    const bytes = Buffer.from(text, 'utf8');
    const file = this.active as FileHandle;
    try {
      await file.appendFile(bytes);
    } catch (error) {
      await file.truncate(segment.bytes);
      throw error;
    }
    segment.bytes += bytes.length;
    return { segment: segment.number, offset: segment.bytes };
  }

  /** Flushes appended messages to the disk. */
  async sync(): Promise<void> {
    await this.active?.sync();
  }

  /** The next messages that the hub has not answered: so many rows and bytes at most, but at least one message. They are of one segment. */
  async next(
    maxRows: number,
    maxBytes: number,
  ): Promise<{ readonly messages: readonly BufferedMessage[]; readonly to: Position }> {
    const { segment, offset } = this.first();
    const messages: BufferedMessage[] = [];
    let to = offset;
    let rows = 0;
    for (const line of await this.linesAt(segment, offset, maxBytes)) {
      const message = messageIn(line);
      rows += message.rows.length;
      if (messages.length > 0 && rows > maxRows) break;
      messages.push(message);
      to += Buffer.byteLength(line) + 1;
    }
    return { messages, to: { segment, offset: to } };
  }

  /** The messages of a call that was planned. */
  async messagesTo(to: Position): Promise<readonly BufferedMessage[]> {
    const { segment, offset } = this.first();
    const text = await this.read(segment, offset, to.offset - offset);
    return text.split('\n').slice(0, -1).map(messageIn);
  }

  /** Before a call: its messages and its key are on the disk, so that after a crash it is the same call. @throws the file system's error, with nothing begun */
  async begin(call: PlannedCall): Promise<void> {
    await this.sync();
    await this.replaceState({ ...this.state, call });
  }

  /** Ends the pending call after its answer: its messages wait no more. @throws the file system's error; the call then is still pending */
  async end(totals: BufferTotals): Promise<void> {
    const { call, at } = this.state;
    await this.replaceState({ v: 1, at: call?.to ?? at, totals });
    // the one before the present stays: a message in it may come again from the broker after a crash
    const gone = this.segments.filter(({ number }) => number < this.state.at.segment - 1);
    for (const { number } of gone) await rm(segmentFile(this.folder, number), { force: true });
    this.segments = this.segments.filter((one) => !gone.includes(one));
  }

  /** The newest messages that are stored, the oldest first. */
  async newest(count: number): Promise<readonly BufferedMessage[]> {
    const texts: string[] = [];
    for (const { number } of this.segments.slice(-2))
      texts.push(await readFile(segmentFile(this.folder, number), 'utf8'));
    return texts
      .flatMap((text) => text.split('\n').slice(0, -1))
      .slice(-count)
      .map(messageIn);
  }

  async close(): Promise<void> {
    const { active } = this;
    // first, so that a flush in the meantime does not meet a closed file
    this.active = undefined;
    await active?.close();
  }

  /** Where the next message begins: at the begin of the next segment where one is at its end. */
  private first(): Position {
    const { at } = this.state;
    const own = this.segments.find(({ number }) => number === at.segment);
    const next = this.segments.find(({ number }) => number > at.segment);
    return next !== undefined && at.offset >= (own?.bytes ?? 0) ? { segment: next.number, offset: 0 } : at;
  }

  /** Whole lines from a position, as far as so many bytes reach; the first in any case. */
  private async linesAt(segment: number, offset: number, maxBytes: number): Promise<readonly string[]> {
    for (let wanted = maxBytes; ; wanted *= 2) {
      const text = await this.read(segment, offset, wanted);
      const end = text.lastIndexOf('\n');
      const isAll = Buffer.byteLength(text) < wanted;
      if (end >= 0) return text.slice(0, end).split('\n');
      if (isAll) return [];
    }
  }

  private async read(segment: number, offset: number, bytes: number): Promise<string> {
    const size = this.segments.find(({ number }) => number === segment)?.bytes ?? 0;
    const wanted = Math.max(0, Math.min(bytes, size - offset));
    if (wanted === 0) return '';
    const file = await open(segmentFile(this.folder, segment), 'r');
    try {
      const buffer = Buffer.alloc(wanted);
      const { bytesRead } = await file.read(buffer, 0, wanted, offset);
      // a character that is cut off at the end is part of a line that is too
      return buffer.toString('utf8', 0, buffer.lastIndexOf(10, bytesRead - 1) + 1 || bytesRead);
    } finally {
      await file.close();
    }
  }

  /** The segment to append to; a full one is on the disk before the next begins. */
  private async writable(): Promise<Segment> {
    const last = this.segments.at(-1);
    if (last !== undefined && last.bytes < this.segmentBytes) {
      this.active ??= await open(segmentFile(this.folder, last.number), 'a', 0o600);
      return last;
    }
    await this.sync();
    await this.close();
    const number = Math.max(last?.number ?? 0, this.state.at.segment - 1) + 1;
    this.active = await open(segmentFile(this.folder, number), 'a', 0o600);
    const folder = await open(this.folder);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    const segment = { number, bytes: 0 };
    this.segments.push(segment);
    return segment;
  }

  /** The state in memory is the one on the disk, also after a failure. */
  private async replaceState(state: State): Promise<void> {
    await writeDurably(join(this.folder, 'state.json'), JSON.stringify(state));
    this.state = state;
  }
}

async function readState(file: string, firstSegment: number): Promise<State> {
  if ((await stat(file).catch(() => undefined)) === undefined)
    return { v: 1, at: { segment: firstSegment, offset: 0 }, totals: noTotals };
  const state = JSON.parse(await readFile(file, 'utf8')) as State;
  refuseLaterVersion(state, file);
  if ((state.v as number) !== 1) throw damaged(file);
  return state;
}
