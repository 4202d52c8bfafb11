/**
 * Input that a bridge could not deliver, a line of JSON each: unreadable payloads, and rows that the hub refused. Contains data: readable
 * by its owner alone.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isObject } from '../../../terms/isObject.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { Semaphore } from '../../../machine/semaphore.ts';

export interface Reject {
  /** the same when the message is repeated after a crash, so that it is written once */
  readonly id: string;
  /** time of arrival, RFC 3339 */
  readonly at: string;
  /** of the broker; of the hub where it is an event */
  readonly topic?: string;
  readonly dataset?: string;
  readonly rule: string;
  readonly field?: string;
  /** place of the row in the payload, from 0 */
  readonly index?: number;
  /** packet id and digest of a message that is on the disk as a whole: on its last line, and only where none of its parts is a row */
  readonly packetId?: number;
  readonly digest?: string;
  /** the payload or the row, at most 64 KiB of it, in base64 */
  readonly payload: string;
}

/** A reject with its whole payload. */
export type NewReject = Omit<Reject, 'payload'> & { readonly payload: Uint8Array };

const maxPayloadBytes = 64 * 2 ** 10;
const readAgainBytes = 2 * 2 ** 20;

function rejectIn(line: string): Reject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && typeof value['id'] === 'string' ? (value as unknown as Reject) : undefined;
  } catch {
    return undefined;
  }
}

/** Number of line ends before a byte. */
async function linesBefore(path: string, end: number): Promise<number> {
  if (end === 0) return 0;
  let lines = 0;
  for await (const chunk of createReadStream(path, { end: end - 1 }) as AsyncIterable<Buffer>)
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** The line contains data and is not quoted. */
const damagedLine = (file: string, line: number): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `文件 ${file} 第 ${line} 行已损坏`, en: `line ${line} of ${file} is damaged` },
    {
      zh: '将该文件移走以便核查，网桥另写一个新文件',
      en: 'move the file away for examination; the bridge begins a new one',
    },
  );

const encodedBytes = ({ length }: Uint8Array): number => Math.ceil(length / 3) * 4;

export class RejectsFile {
  private readonly file: FileHandle;
  private readonly maxBytes: number;
  private bytes: number;
  /** one write at a time: each continues from the length that the one before reached */
  private readonly writes = new Semaphore(1);
  /** ids of the newest lines */
  private readonly ids: Set<string>;
  /** numbers since the start: rejects that were stored, and rejects that were not because the file is full */
  counts: { readonly stored: number; readonly notStored: number } = { stored: 0, notStored: 0 };
  /** the newest lines of an earlier process */
  readonly earlier: readonly Reject[];

  private constructor(file: FileHandle, maxBytes: number, bytes: number, earlier: readonly Reject[]) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.bytes = bytes;
    this.earlier = earlier;
    this.ids = new Set(earlier.map(({ id }) => id));
  }

  /** @throws VerbFailure (exit 4) for a line that is no reject */
  static async open(path: string, maxBytes: number): Promise<RejectsFile> {
    const file = await open(path, 'a+', 0o600);
    try {
      return await RejectsFile.read(file, path, maxBytes);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private static async read(file: FileHandle, path: string, maxBytes: number): Promise<RejectsFile> {
    // it contains data, also where the file was there before
    await file.chmod(0o600);
    const { size } = await file.stat();
    const from = Math.max(0, size - readAgainBytes);
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    // a line that a crash cut off was not acknowledged
    const end = buffer.lastIndexOf(10) + 1;
    if (end < buffer.length) await file.truncate(from + end);
    const lines = buffer
      .toString('utf8', 0, end)
      .split('\n')
      .slice(from === 0 ? 0 : 1, -1);
    const earlier: Reject[] = [];
    for (const [i, line] of lines.entries()) {
      const reject = rejectIn(line);
      if (reject === undefined)
        throw damagedLine(path, (await linesBefore(path, from)) + (from === 0 ? 0 : 1) + i + 1);
      earlier.push(reject);
    }
    return new RejectsFile(file, maxBytes, from + end, earlier);
  }

  /** Writes rejects and waits until they are on the disk. One that was written before is not written again. Beyond the limit they are only counted. */
  add(rejects: readonly NewReject[]): Promise<void> {
    return this.writes.run(() => this.addNow(rejects));
  }

  private async addNow(rejects: readonly NewReject[]): Promise<void> {
    const fresh = rejects.filter(({ id }) => !this.ids.has(id));
    let { stored, notStored } = this.counts;
    let bytes = this.bytes;
    const lines: string[] = [];
    for (const one of fresh) {
      const head = one.payload.subarray(0, maxPayloadBytes);
      // one that cannot fit is not encoded
      if (bytes + encodedBytes(head) > this.maxBytes) {
        notStored += 1;
        continue;
      }
      const payload = Buffer.from(head).toString('base64');
      const line = `${JSON.stringify({ ...one, payload } satisfies Reject)}\n`;
      if (bytes + Buffer.byteLength(line) > this.maxBytes) notStored += 1;
      else {
        lines.push(line);
        stored += 1;
        bytes += Buffer.byteLength(line);
      }
    }
    if (lines.length > 0) await this.write(lines.join(''));
    this.bytes = bytes;
    this.counts = { stored, notStored };
    for (const { id } of fresh) this.ids.add(id);
    // the newest are enough: only messages in flight come again
    for (const id of this.ids) {
      if (this.ids.size <= 20_000) break;
      this.ids.delete(id);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** @throws the file system's error, with nothing written */
  private async write(lines: string): Promise<void> {
    try {
      await this.file.appendFile(lines);
      await this.file.sync();
    } catch (error) {
      await this.file.truncate(this.bytes);
      throw error;
    }
  }
}
