/** Rows of one dataset through one mapping, in one order: from the disk buffer to the hub, a call at a time. */
import { randomUUID } from 'node:crypto';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { maxBytesOfCall, pushUntilAnswered, rowsPath, type RowsAnswer } from '../../sdk/pushUntilAnswered.ts';
import type { CallInput } from '../../sdk/signedCall.ts';
import type { Answer } from '../../sdk/types.ts';
import type { BufferTotals, DiskBuffer, PlannedCall, Position } from './diskBuffer.ts';
import type { ReceivedPacket } from './mqttConnection.ts';
import type { RejectsFile } from './rejectsFile.ts';
import type { RowsBridgeConfig, RowSubscription } from './rowsBridgeConfig.ts';
import type { BufferedMessage } from './segmentFile.ts';
import { untilDiskTakes } from './untilDiskTakes.ts';
import { defined } from '../../../terms/defined.ts';

export type RowTarget = Pick<RowSubscription, 'dataset' | 'mapping'>;

export interface RowsLaneOptions {
  readonly limits: RowsBridgeConfig['call'];
  readonly rejects: RejectsFile;
  readonly call: (input: CallInput) => Promise<Answer<unknown>>;
  /** these packets are on the disk to stay, or the hub has them */
  readonly safe: (packets: readonly ReceivedPacket[]) => void;
  readonly onRetry: (error: unknown) => void;
  /** after each call: the buffer has space */
  readonly onSent: () => void;
  readonly signal: AbortSignal;
}

export class RowsLane {
  readonly target: RowTarget;
  private readonly buffer: DiskBuffer;
  private readonly options: RowsLaneOptions;
  /** written messages without acknowledgement, in their order */
  private unacknowledged: (ReceivedPacket & { readonly end: Position })[] = [];
  /** the hub has not answered the last try */
  private isHubAway = false;
  /** arrival of the oldest message that waits, Unix milliseconds */
  private oldestAt: number | undefined;
  private readonly rest = new Rest();

  constructor(target: RowTarget, buffer: DiskBuffer, options: RowsLaneOptions) {
    this.target = target;
    this.buffer = buffer;
    this.options = options;
  }

  get totals(): BufferTotals {
    return this.buffer.totals;
  }

  get waitingBytes(): number {
    return this.buffer.waitingBytes;
  }

  /** Milliseconds since the arrival of the oldest message that waits. */
  get lagMs(): number {
    return this.oldestAt === undefined || this.waitingBytes === 0
      ? 0
      : Math.max(0, Date.now() - this.oldestAt);
  }

  /**
   * Appends messages. They are acknowledged after the receipt, or at once from the disk while the hub is down. @throws the file system's
   * error, with nothing appended
   */
  async append(messages: readonly BufferedMessage[]): Promise<void> {
    const end = await this.buffer.append(messages);
    for (const { packetId, digest } of messages)
      if (packetId !== 0) this.unacknowledged.push({ packetId, digest, end });
    this.oldestAt ??= Date.now();
    // a disk that fails now has the messages all the same: they are acknowledged later
    if (this.isHubAway)
      await this.acknowledgeBuffered().catch((error: unknown) => this.options.onRetry(error));
    this.rest.wake();
  }

  /** Ends the wait of the sender. */
  wake(): void {
    this.rest.wake();
  }

  async close(): Promise<void> {
    await this.buffer.sync();
    await this.buffer.close();
  }

  /** Acknowledges the messages on the disk, as the hub does not answer. */
  private async acknowledgeBuffered(): Promise<void> {
    const written = new Set(this.unacknowledged);
    await this.buffer.sync();
    const safe = this.unacknowledged.filter((one) => written.has(one));
    this.unacknowledged = this.unacknowledged.filter((one) => !written.has(one));
    this.options.safe(safe);
  }

  /** Sends until it is ended. While the disk fails, nothing is acknowledged, and it is tried again. @throws a refusal of the hub */
  async sendAll(): Promise<void> {
    const { signal } = this.options;
    try {
      while (!signal.aborted) await untilDiskTakes(() => this.sendNext(), this.options);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async sendNext(): Promise<void> {
    const messages = await this.nextCall();
    if (messages === undefined) return;
    this.oldestAt = messages[0]?.at;
    await this.sendCall(messages);
    this.options.onSent();
  }

  /** Waits until a call is due, and plans it. One that a crash left is sent again as it was. */
  private async nextCall(): Promise<readonly BufferedMessage[] | undefined> {
    const { buffer } = this;
    const { maxRows, maxDelayMs } = this.options.limits;
    if (buffer.call !== undefined) return buffer.messagesTo(buffer.call.to);
    const first = await buffer.next(maxRows, maxBytesOfCall);
    const [oldest] = first.messages;
    if (oldest === undefined) {
      this.oldestAt = undefined;
      await this.rest.until();
      return undefined;
    }
    const left = oldest.at + maxDelayMs - Date.now();
    const rows = first.messages.reduce((sum, { rows: own }) => sum + own.length, 0);
    if (rows < maxRows && left > 0) {
      await this.rest.until(left);
      return undefined;
    }
    await buffer.begin({ to: first.to, key: randomUUID(), without: [] });
    return first.messages;
  }

  private async sendCall(messages: readonly BufferedMessage[]): Promise<void> {
    const { buffer, target } = this;
    const rows = messages.flatMap((one) => one.rows);
    for (;;) {
      const { key, without, to } = buffer.call as PlannedCall;
      const left = rows.filter((_, i) => !without.includes(i));
      try {
        const answer = left.length === 0 ? undefined : await this.push(key, left);
        await this.answered(answer?.json, without.length, to);
        return;
      } catch (error) {
        const bad = refusedRows(error);
        if (bad.length === 0) throw error;
        const places = rows.map((_, i) => i).filter((i) => !without.includes(i));
        const found = bad.map((one) => ({ ...one, index: places[one.index] ?? -1 }));
        await untilDiskTakes(() => this.rejectRows(target.dataset, key, rows, found), this.options);
        const next = { to, key: randomUUID(), without: [...without, ...found.map(({ index }) => index)] };
        await untilDiskTakes(() => buffer.begin(next), this.options);
      }
    }
  }

  private push(key: string, rows: readonly string[]): Promise<Answer<RowsAnswer>> {
    const { dataset, mapping } = this.target;
    return pushUntilAnswered(this.options.call, {
      path: rowsPath(dataset, mapping),
      key,
      rows,
      signal: this.options.signal,
      onRetry: (error) => {
        this.options.onRetry(error);
        if (this.isHubAway) return;
        this.isHubAway = true;
        this.acknowledgeBuffered().catch((failure: unknown) => this.options.onRetry(failure));
      },
    });
  }

  private async answered(answer: RowsAnswer | undefined, refused: number, to: Position): Promise<void> {
    const { buffer } = this;
    this.isHubAway = false;
    const { calls, accepted, quarantined, skipped, refused: before } = buffer.totals;
    const totals = {
      calls: calls + (answer === undefined ? 0 : 1),
      accepted: accepted + (answer?.accepted ?? 0),
      quarantined: quarantined + (answer?.quarantined.length ?? 0),
      skipped: skipped + (answer?.skipped ?? 0),
      refused: before + refused,
    };
    await untilDiskTakes(() => buffer.end(totals), this.options);
    const isCovered = ({ end }: { readonly end: Position }): boolean =>
      end.segment < to.segment || (end.segment === to.segment && end.offset <= to.offset);
    const covered = this.unacknowledged.filter(isCovered);
    this.unacknowledged = this.unacknowledged.filter((one) => !isCovered(one));
    this.options.safe(covered);
  }

  private async rejectRows(
    dataset: string,
    key: string,
    rows: readonly string[],
    bad: readonly RefusedRow[],
  ): Promise<void> {
    const at = new Date().toISOString();
    await this.options.rejects.add(
      bad.map(({ index, rule, field }) => ({
        id: `${key}/${index}`,
        at,
        dataset,
        rule,
        index,
        payload: Buffer.from(rows[index] ?? ''),
        ...defined({ field }),
      })),
    );
  }
}

/** Waits until it is woken; where that has happened since the last wait, it does not wait. */
class Rest {
  private isWoken = false;
  private go: (() => void) | undefined;

  wake(): void {
    this.isWoken = true;
    this.go?.();
  }

  async until(timeoutMs?: number): Promise<void> {
    if (!this.isWoken)
      await new Promise<void>((done) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs);
        this.go = () => {
          clearTimeout(timer);
          done();
        };
      });
    this.isWoken = false;
    this.go = undefined;
  }
}

/** Name of the folder of a lane. */
export const laneOf = ({ dataset, mapping }: RowTarget): string =>
  mapping === undefined ? dataset : `${dataset}~${encodeURIComponent(mapping)}`;

export function targetOf(lane: string): RowTarget {
  const [dataset = '', mapping] = lane.split('~');
  return { dataset, ...(mapping === undefined ? {} : { mapping: decodeURIComponent(mapping) }) };
}

interface RefusedRow {
  readonly index: number;
  readonly rule: string;
  readonly field?: string;
}

/** Rows because of which a call was refused as a whole (`onBad: refuse`). */
function refusedRows(error: unknown): readonly RefusedRow[] {
  if (!(error instanceof DatongProblem) || error.code !== 'rows_refused') return [];
  return (error.findings as readonly Partial<RefusedRow>[]).flatMap(({ index, rule, field }) =>
    index === undefined || rule === undefined ? [] : [{ index, rule, ...defined({ field }) }],
  );
}
