import { randomUUID } from 'node:crypto';
import {
  collectionBytes,
  maxBytesOfCall,
  maxRowsOfCall,
  pushUntilAnswered,
  rowsPath,
  type RowsAnswer,
} from './pushUntilAnswered.ts';
import { defined } from '../../terms/defined.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer } from './types.ts';

export interface RowPusherOptions {
  /** a registered mapping that reads JSON; default: the records have the fields of the schema */
  readonly mapping?: string;
  /** the records are GeoJSON features: a feature's geometry is the place of its row */
  readonly isGeoJson?: boolean;
  /** records of one call; default 1,000, at most 10,000 */
  readonly maxRows?: number;
  /** bytes of one call; default 1 MiB, at most 4 MiB */
  readonly maxBytes?: number;
  /** milliseconds that a record waits for others to join its call; default 200 */
  readonly maxDelayMs?: number;
  /** bytes that may wait here; above it `push` waits; default 16 MiB */
  readonly maxBufferBytes?: number;
  /** called with each answer; `first` is the number of the call's first record, from 0 */
  readonly onAnswer?: (answer: RowsAnswer, first: number) => void;
  /** called each time a call failed and is about to be sent again */
  readonly onRetry?: (error: unknown) => void;
}

export interface RowTotals {
  readonly calls: number;
  readonly accepted: number;
  readonly quarantined: number;
}

/** Result of one record. */
export interface RowOutcome {
  /** submission of the day */
  readonly batch: string;
  /** exchange whose log entry covers it */
  readonly exchange: string;
  /** why it was rejected; absent where it was accepted */
  readonly problem?: Pick<RowsAnswer['quarantined'][number], 'field' | 'rule'>;
}

interface WaitingRecord {
  readonly text: string;
  readonly bytes: number;
  /** monotonic milliseconds */
  readonly since: number;
  readonly resolve?: ((outcome: RowOutcome) => void) | undefined;
  readonly reject?: ((error: unknown) => void) | undefined;
}

/** A record that no call may contain. It was not taken; the pusher goes on. */
export class RecordTooLong extends RangeError {
  /** bytes that a record may have, with the end of its line */
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`a record is one line of JSON of at most ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/** The records of one call. */
interface Batch {
  readonly records: readonly WaitingRecord[];
  readonly bytes: number;
  /** idempotency key */
  readonly key: string;
}

/**
 * Sends records to one dataset, in their order. It gathers them into calls, one at a time, and repeats an unanswered call under the same
 * key, so that no record is lost or stored twice. Owns the waiting records; they exist in memory only.
 */
export class RowPusher {
  private readonly call: (input: CallInput) => Promise<Answer<unknown>>;
  private readonly path: string;
  private readonly options: Required<
    Pick<RowPusherOptions, 'maxRows' | 'maxBytes' | 'maxDelayMs' | 'maxBufferBytes'>
  > &
    RowPusherOptions;
  private waiting: WaitingRecord[] = [];
  private waitingBytes = 0;
  /** the batch whose call is not answered yet */
  private inFlight: Batch | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** resolve calls of `push` that wait for buffer space */
  private readonly spaceWaiters: (() => void)[] = [];
  /** resolve calls of `flush` */
  private readonly flushWaiters: (() => void)[] = [];
  private readonly ended = new AbortController();
  private failure: unknown;
  /** records of answered calls */
  private sent = 0;
  private sums = { calls: 0, accepted: 0, quarantined: 0 };

  /** @param call sends a signed call: that of a client */
  constructor(
    call: (input: CallInput) => Promise<Answer<unknown>>,
    dataset: string,
    options: RowPusherOptions = {},
  ) {
    const { maxRows = 1_000, maxBytes = 2 ** 20, maxDelayMs = 200, maxBufferBytes = 16 * 2 ** 20 } = options;
    this.call = call;
    this.path = rowsPath(dataset, options.mapping);
    this.options = {
      ...options,
      maxDelayMs,
      maxBufferBytes,
      maxRows: Math.min(maxRows, maxRowsOfCall),
      maxBytes: Math.min(maxBytes, maxBytesOfCall - collectionBytes),
    };
  }

  /**
   * Resolves once the record waits here or is being sent; later where too many bytes wait.
   * @param record an object, or the JSON text of one, in one line
   * @throws the error that stopped the pusher: a refusal of the hub (DatongProblem), or an invalid reply (Problem reply_…);
   * RecordTooLong, RangeError (no line) for a record that was not taken
   */
  async push(record: object | string): Promise<void> {
    await this.waitForSpace();
    this.add(record);
  }

  /** As `push`, but resolves with the result of the record once the hub's receipt covers it. */
  async deliver(record: object | string): Promise<RowOutcome> {
    await this.waitForSpace();
    return new Promise((resolve, reject) => this.add(record, resolve, reject));
  }

  /** Milliseconds that the oldest record has waited; 0 where none waits. */
  get lagMs(): number {
    const oldest = this.inFlight?.records[0] ?? this.waiting[0];
    return oldest === undefined ? 0 : performance.now() - oldest.since;
  }

  /** Records and bytes that the hub has not acknowledged. */
  get pending(): { readonly records: number; readonly bytes: number } {
    return {
      records: this.waiting.length + (this.inFlight?.records.length ?? 0),
      bytes: this.waitingBytes + (this.inFlight?.bytes ?? 0),
    };
  }

  get totals(): RowTotals {
    return this.sums;
  }

  /** Resolves when no record waits any more. @throws as `push` */
  async flush(): Promise<RowTotals> {
    while (this.pending.records > 0 && this.failure === undefined) {
      this.send(true);
      await new Promise<void>((resolve) => this.flushWaiters.push(resolve));
    }
    this.throwFailure();
    return this.sums;
  }

  /** Sends what waits, then takes no more records. @throws as `push` */
  async close(): Promise<RowTotals> {
    const totals = await this.flush();
    this.stop(new Error('the pusher was closed'));
    return totals;
  }

  /** Stops immediately. Waiting records are dropped, and their promises reject. */
  abort(): void {
    this.stop(new Error('the pusher was stopped'));
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure as Error;
  }

  private async waitForSpace(): Promise<void> {
    this.throwFailure();
    while (this.pending.bytes >= this.options.maxBufferBytes) {
      this.send(true);
      await new Promise<void>((resolve) => this.spaceWaiters.push(resolve));
      this.throwFailure();
    }
  }

  private add(
    record: object | string,
    resolve?: (outcome: RowOutcome) => void,
    reject?: (error: unknown) => void,
  ): void {
    this.throwFailure();
    const text = typeof record === 'string' ? record.trim() : JSON.stringify(record);
    const bytes = Buffer.byteLength(text) + 1;
    const { maxBytes } = this.options;
    if (bytes > maxBytes) throw new RecordTooLong(maxBytes);
    if (text === '' || text.includes('\n')) throw new RangeError('a record is one line of JSON');
    this.waiting.push({ text, bytes, since: performance.now(), resolve, reject });
    this.waitingBytes += bytes;
    this.send(false);
  }

  /** Begins a call where enough records wait, or one has waited long enough. @param atOnce begins it in any case */
  private send(atOnce: boolean): void {
    const { waiting, options } = this;
    if (this.inFlight !== undefined || this.failure !== undefined || waiting.length === 0) return;
    const leftMs = options.maxDelayMs - (performance.now() - (waiting[0]?.since ?? 0));
    const isFull = waiting.length >= options.maxRows || this.waitingBytes >= options.maxBytes;
    if (!atOnce && !isFull && leftMs > 0) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.send(false);
      }, leftMs);
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.inFlight = this.takeBatch();
    void this.sendBatch(this.inFlight);
  }

  /** Removes the records of the next call from the waiting ones. */
  private takeBatch(): Batch {
    const { maxRows, maxBytes } = this.options;
    let bytes = 0;
    let count = 0;
    for (const record of this.waiting) {
      if (count === maxRows || (count > 0 && bytes + record.bytes > maxBytes)) break;
      bytes += record.bytes;
      count += 1;
    }
    const records = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    this.waitingBytes -= bytes;
    return { records, bytes, key: randomUUID() };
  }

  private async sendBatch(batch: Batch): Promise<void> {
    try {
      const { json, exchange } = await this.answerOf(batch);
      this.settle(batch, json, exchange);
    } catch (error) {
      this.stop(error);
    }
  }

  private answerOf({ records, key }: Batch): Promise<Answer<RowsAnswer>> {
    const { onRetry, isGeoJson } = this.options;
    return pushUntilAnswered(this.call, {
      path: this.path,
      key,
      signal: this.ended.signal,
      rows: records.map(({ text }) => text),
      ...defined({ isGeoJson }),
      ...(onRetry === undefined ? {} : { onRetry }),
    });
  }

  private settle(batch: Batch, answer: RowsAnswer, exchange: string): void {
    const quarantined = new Map(answer.quarantined.map((one) => [one.index, one]));
    for (const [i, { resolve }] of batch.records.entries()) {
      const { field, rule } = quarantined.get(i) ?? {};
      const problem =
        rule === undefined ? {} : { problem: { ...(field === undefined ? {} : { field }), rule } };
      resolve?.({ batch: answer.batch, exchange, ...problem });
    }
    this.sums = {
      calls: this.sums.calls + 1,
      accepted: this.sums.accepted + answer.accepted,
      quarantined: this.sums.quarantined + answer.quarantined.length,
    };
    this.options.onAnswer?.(answer, this.sent);
    this.sent += batch.records.length;
    this.inFlight = undefined;
    this.wake();
    this.send(false);
  }

  private stop(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.ended.abort();
    clearTimeout(this.timer);
    for (const { reject } of [...(this.inFlight?.records ?? []), ...this.waiting]) reject?.(error);
    this.inFlight = undefined;
    this.waiting = [];
    this.waitingBytes = 0;
    this.wake();
  }

  /** Resolves what waits for space or for the end of a call. */
  private wake(): void {
    for (const resolve of [...this.spaceWaiters.splice(0), ...this.flushWaiters.splice(0)]) resolve();
  }
}
