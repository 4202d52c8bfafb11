/**
 * Messages of a broker → rows of datasets. A message is written to the disk buffer of its dataset, sent in a call, and acknowledged after
 * the receipt of the hub. While the hub does not answer, it is acknowledged once the buffer is on the disk (fsync). Above the limit of the
 * buffer nothing is acknowledged, so that the broker stops after `maxInFlight` messages. Unreadable payloads are written to the rejects
 * file.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallInput } from '../../sdk/signedCall.ts';
import type { Answer } from '../../sdk/types.ts';
import { DiskBuffer, type BufferTotals } from './diskBuffer.ts';
import type { MqttMessage, ReceivedPacket } from './mqttConnection.ts';
import { readPayload, type ReadPayload } from './payload.ts';
import { RejectsFile, type NewReject } from './rejectsFile.ts';
import type { RowsBridgeConfig } from './rowsBridgeConfig.ts';
import { laneOf, RowsLane, targetOf } from './rowsLane.ts';
import type { BufferedMessage } from './segmentFile.ts';
import { matchesTopic } from './topicPattern.ts';
import { diskPauseMs } from './untilDiskTakes.ts';

export interface RowsBridgeOptions {
  readonly config: RowsBridgeConfig;
  readonly call: (input: CallInput) => Promise<Answer<unknown>>;
  readonly acknowledge: (packet: ReceivedPacket) => void;
  /** the hub, or the disk, does not accept the messages now; it is tried again */
  readonly onRetry: (error: unknown) => void;
  /** a refusal of the hub: the bridge has ended */
  readonly onFailure: (error: unknown) => void;
}

/** Figures since the start; those of rows are of the buffer's whole life. */
export interface RowsBridgeFigures {
  readonly messages: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly skipped: number;
  /** payloads, parts of them, and refused rows in the rejects file */
  readonly rejected: number;
  /** rejects beyond the limit of the file, and messages of QoS 0 that found the memory full */
  readonly dropped: number;
  readonly calls: number;
  readonly bufferedBytes: number;
  readonly bufferIsFull: boolean;
  /** milliseconds since the arrival of the oldest message that waits for the hub */
  readonly lagMs: number;
}

const maxWrittenAtOnce = 256;
/** messages of an earlier process that are read again: a broker may have more in flight than it was asked for */
const maxEarlier = 20_000;
/** milliseconds for the pending calls when the bridge ends */
const graceMs = 10_000;

export class RowsBridge {
  private readonly options: RowsBridgeOptions;
  private readonly lanes: ReadonlyMap<string, RowsLane>;
  private readonly rejects: RejectsFile;
  private readonly inbox: MqttMessage[] = [];
  private writing: Promise<void> | undefined;
  /** messages that are on the disk */
  private readonly written = new WeakSet<MqttMessage>();
  private readonly ids = new WeakMap<MqttMessage, string>();
  private readonly ended = new AbortController();
  private messages = 0;
  private dropped = 0;
  private readonly senders: Promise<void>[];
  /** packets that an earlier process had stored, the oldest first */
  readonly stored: readonly ReceivedPacket[];

  private constructor(
    options: RowsBridgeOptions,
    buffers: ReadonlyMap<string, DiskBuffer>,
    rejects: RejectsFile,
    stored: readonly ReceivedPacket[],
  ) {
    this.options = options;
    this.rejects = rejects;
    this.stored = stored;
    const { call, onRetry, config } = options;
    const ofLanes = {
      call,
      onRetry,
      rejects,
      limits: config.call,
      signal: this.ended.signal,
      safe: (packets: readonly ReceivedPacket[]) => packets.forEach(options.acknowledge),
      onSent: () => this.write(),
    };
    this.lanes = new Map(
      [...buffers].map(([name, buffer]) => [name, new RowsLane(targetOf(name), buffer, ofLanes)]),
    );
    this.senders = [...this.lanes.values()].map((lane) =>
      lane.sendAll().catch((error: unknown) => this.fail(error)),
    );
  }

  /** Opens the buffers and begins to send the rows of an earlier process. */
  static async open(options: RowsBridgeOptions): Promise<RowsBridge> {
    const { buffer, rejects, subscriptions } = options.config;
    await mkdir(buffer.folder, { recursive: true, mode: 0o700 });
    const entries = await readdir(buffer.folder, { withFileTypes: true });
    // rows for datasets that the configuration no longer names are sent too
    const earlier = entries.filter((one) => one.isDirectory()).map(({ name }) => name);
    const buffers = new Map<string, DiskBuffer>();
    for (const name of new Set([...subscriptions.map(laneOf), ...earlier]))
      buffers.set(name, await DiskBuffer.open(join(buffer.folder, name)));
    const rejected = await RejectsFile.open(rejects.file, rejects.maxBytes);
    const earlierMessages: { readonly packetId?: number; readonly digest?: string }[] = [...rejected.earlier];
    for (const one of buffers.values()) earlierMessages.push(...(await one.newest(maxEarlier)));
    const stored = earlierMessages.flatMap(({ packetId = 0, digest }) =>
      packetId === 0 || digest === undefined ? [] : [{ packetId, digest }],
    );
    return new RowsBridge(options, buffers, rejected, stored);
  }

  /** Accepts a message of the broker. */
  take(message: MqttMessage): void {
    // QoS 0 has no flow control
    const isFull = this.inbox.length >= 2 * this.options.config.broker.maxInFlight;
    if (message.packetId === undefined && isFull) this.dropped += 1;
    else this.inbox.push(message);
    this.messages += 1;
    this.write();
  }

  get figures(): RowsBridgeFigures {
    const lanes = [...this.lanes.values()];
    const sum = (figure: (totals: BufferTotals) => number): number =>
      lanes.reduce((total, { totals }) => total + figure(totals), 0);
    const { stored, notStored } = this.rejects.counts;
    return {
      messages: this.messages,
      accepted: sum(({ accepted }) => accepted),
      quarantined: sum(({ quarantined }) => quarantined),
      skipped: sum(({ skipped }) => skipped),
      rejected: stored,
      dropped: this.dropped + notStored,
      calls: sum(({ calls }) => calls),
      bufferedBytes: this.bufferedBytes,
      bufferIsFull: this.isFull,
      lagMs: Math.max(0, ...lanes.map((lane) => lane.lagMs)),
    };
  }

  /** Ends after the pending calls. Waiting messages stay in the buffer or at the broker. */
  async close(): Promise<void> {
    this.ended.abort();
    for (const lane of this.lanes.values()) lane.wake();
    await this.writing;
    await Promise.race([Promise.all(this.senders), sleep(graceMs, undefined, { ref: false })]);
    for (const lane of this.lanes.values()) await lane.close();
    await this.rejects.close();
  }

  private get bufferedBytes(): number {
    return [...this.lanes.values()].reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }

  private get isFull(): boolean {
    return this.bufferedBytes >= this.options.config.buffer.maxBytes;
  }

  private fail(error: unknown): void {
    if (this.ended.signal.aborted) return;
    this.options.onFailure(error);
  }

  /** Writes the messages that have arrived, unless a write is pending. */
  private write(): void {
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
  }

  /** Writes as long as the buffer has space. */
  private async writeAll(): Promise<void> {
    const { signal } = this.ended;
    while (this.inbox.length > 0 && !signal.aborted && !this.isFull) {
      const messages = this.inbox.splice(0, maxWrittenAtOnce);
      try {
        await this.writeMessages(messages);
      } catch (error) {
        // such as a full disk
        this.options.onRetry(error);
        this.inbox.unshift(...messages.filter((one) => !this.written.has(one)));
        await sleep(diskPauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async writeMessages(messages: readonly MqttMessage[]): Promise<void> {
    const byLane = new Map<
      RowsLane,
      { readonly message: MqttMessage; readonly buffered: BufferedMessage }[]
    >();
    const unreadable: MqttMessage[] = [];
    const rejects: NewReject[] = [];
    const at = Date.now();
    for (const message of messages) {
      const { topic, payload, packetId = 0, digest } = message;
      const subscription = this.options.config.subscriptions.find((one) => matchesTopic(one.topic, topic));
      // a session may still deliver topics that were subscribed before the configuration changed
      const { rows, bad }: ReadPayload =
        subscription === undefined
          ? { rows: [], bad: [{ rule: 'topic.unknown' }] }
          : await readPayload(subscription, topic, payload);
      rejects.push(...this.rejectsOf(message, { rows, bad }, subscription?.dataset ?? '', at));
      const lane = subscription === undefined ? undefined : this.lanes.get(laneOf(subscription));
      if (lane === undefined || rows.length === 0) unreadable.push(message);
      else
        byLane.set(lane, [
          ...(byLane.get(lane) ?? []),
          { message, buffered: { packetId, digest, at, rows } },
        ]);
    }
    if (rejects.length > 0) await this.rejects.add(rejects);
    this.done(unreadable);
    for (const [lane, group] of byLane) {
      await lane.append(group.map(({ buffered }) => buffered));
      for (const { message } of group) this.written.add(message);
    }
  }

  /** The lines of a message for the rejects file. */
  private rejectsOf(
    message: MqttMessage,
    { rows, bad }: ReadPayload,
    dataset: string,
    at: number,
  ): readonly NewReject[] {
    const { topic, payload, packetId = 0, digest } = message;
    const id = bad.length + rows.length > 1 ? this.idOfParts(message) : this.idOf(message);
    return bad.map(({ text, ...part }, i) => ({
      id: `${id}/${i}`,
      at: new Date(at).toISOString(),
      topic,
      ...part,
      dataset,
      // after a crash these mean: the whole message is on the disk
      ...(rows.length === 0 && i === bad.length - 1 ? { packetId, digest } : {}),
      payload: text === undefined ? payload : Buffer.from(text),
    }));
  }

  /** A message of several parts that is delivered again after a crash has the same id, so that no part is written twice. */
  private idOfParts(message: MqttMessage): string {
    const { packetId, digest } = message;
    return packetId === undefined ? this.idOf(message) : `${packetId}/${digest}`;
  }

  /** A message that is written again after a full disk has the same id. */
  private idOf(message: MqttMessage): string {
    const id = this.ids.get(message) ?? randomUUID();
    this.ids.set(message, id);
    return id;
  }

  private done(messages: readonly MqttMessage[]): void {
    for (const message of messages) {
      this.written.add(message);
      const { packetId, digest } = message;
      if (packetId !== undefined) this.options.acknowledge({ packetId, digest });
    }
  }
}
