import { createHash, randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from '../../api/openapi.ts';
import { batchId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import { DatongProblem } from './datongProblem.ts';
import { pathWith } from './jsonCall.ts';
import { PartReader } from './partReader.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer, Batch, ControlTotals } from './types.ts';

/** Maximum bytes of a part that the hub accepts. */
export const largestPart = 8 * 1024 * 1024;

export interface SendOptions {
  /** mapping registered for the dataset */
  readonly mapping: string;
  /** name shown to people; default the path's last part */
  readonly fileName?: string;
  /** content of the .cpg file next to a DBF table: its encoding, where the mapping names none */
  readonly codePage?: string;
  /** bytes of a part, at most 8 MiB */
  readonly partSize?: number;
  /** a batch that was begun before, to be continued from the hub's offset */
  readonly batch?: string;
  /** the batch whose bad rows this file corrects: its good rows are published with them */
  readonly corrects?: string;
  /** control totals from the sender's own books (对账文件): the hub holds a batch that differs */
  readonly control?: ControlTotals;
  /** the same key with the same bytes returns the first answer */
  readonly idempotencyKey?: string;
  /** how often in a row a call is tried while the network fails or the hub is starting again; default 3 */
  readonly tries?: number;
  /** called each time the network failed and the call will be tried again */
  readonly onRetry?: (error: unknown) => void;
  /** called with the batch, and the number of its bytes that the hub has, before the next byte is sent */
  readonly onOpened?: (opened: {
    readonly batch: string;
    readonly offset: number;
    readonly size: number;
  }) => void;
  /** called after every part */
  readonly onProgress?: (progress: {
    readonly batch: string;
    readonly sent: number;
    readonly size: number;
  }) => void;
  /** called with the progress of the row check at each poll; only for a file whose check takes longer than the commit waits */
  readonly onChecking?: (progress: NonNullable<Batch['progress']>) => void;
  /** milliseconds to wait for the outcome of a batch accepted with 202; default 10 minutes */
  readonly patience?: number;
}

type Caller = (input: CallInput) => Promise<Answer<unknown>>;
/** Verifies the receipt of a submission against the digest of the bytes sent. */
type CheckSubmission = (receipt: string, sha256: string) => Promise<void>;

/**
 * Submits a file: opens a batch, sends its bytes in signed parts, commits them with their digest and waits for the outcome. A part whose
 * reply was lost is sent again from the hub's offset.
 * @returns the answer with the batch's final state, or with `checking` after `patience`; a receipt in it was verified and is about the bytes
 *   sent. It lacks one where the hub ended before it had stored it
 * @throws DatongProblem, also for a file that is held while the commit waits (too_many_bad_rows; one that is held later is returned); the
 *   network's error after a call failed `tries` times in a row; Problem malformed_identifier where the hub names the batch by anything but
 *   a uuid, batch_unknown where `options.batch` is of another dataset
 */
export async function sendFile(
  call: Caller,
  dataset: string,
  source: Uint8Array | string,
  options: SendOptions,
  checkSubmission: CheckSubmission,
): Promise<Answer<Batch>> {
  const reader = await PartReader.open(source);
  try {
    const key = options.idempotencyKey ?? randomUUID();
    const opened =
      options.batch === undefined
        ? await persistently(options, () =>
            openBatch(call, dataset, { source, size: reader.size }, options, key),
          )
        : await persistently(options, () => batchState(call, options.batch ?? ''));
    // the hub chose this id, and it is part of the addresses that are signed from here on
    const batch = batchId(opened.json.batch);
    if (opened.json.dataset !== dataset) throw new Problem('batch_unknown');
    const offset = opened.json.offset ?? 0;
    options.onOpened?.({ batch, offset, size: reader.size });
    await sendParts(call, reader, batch, offset, options);
    const commit = {
      sha256: await reader.sha256(),
      bytes: reader.size,
      mapping: options.mapping,
      ...(options.corrects === undefined ? {} : { corrects: options.corrects }),
      ...(options.control === undefined ? {} : { control: options.control }),
    };
    const committed = await persistently(options, () =>
      call({
        method: 'POST',
        path: `/v1/batches/${batch}/commit`,
        headers: { ...jsonType, 'datong-idempotency-key': commitKey(key) },
        body: json(commit),
        receipt: 'optional',
      }),
    );
    const answer =
      committed.status === 202 ? await outcome(call, batch, options) : (committed as Answer<Batch>);
    const { receipt } = answer.json;
    if (receipt !== undefined) await checkSubmission(receipt, commit.sha256);
    return answer;
  } finally {
    await reader.close();
  }
}

const jsonType = { 'content-type': 'application/json' };
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

/** maximum length of a key at the hub */
const maxKeyLength = 100;

/** The key of the commit, which is another call than the one that opens the batch. */
function commitKey(key: string): string {
  const own = `${key}-commit`;
  return own.length <= maxKeyLength ? own : createHash('sha256').update(own).digest('hex');
}

async function openBatch(
  call: Caller,
  dataset: string,
  { source, size }: { readonly source: Uint8Array | string; readonly size: number },
  options: SendOptions,
  key: string,
): Promise<Answer<Batch>> {
  const fileName = options.fileName ?? (typeof source === 'string' ? basename(source) : undefined);
  return (await call({
    method: 'POST',
    path: `/v1/datasets/${encodeURIComponent(dataset)}/batches`,
    headers: { ...jsonType, 'datong-idempotency-key': key },
    body: json({
      bytes: size,
      ...(fileName === undefined ? {} : { fileName }),
      ...(options.codePage === undefined ? {} : { codePage: options.codePage }),
    }),
    receipt: 'optional',
  })) as Answer<Batch>;
}

/** State, counts and, once it is done, the receipt of a batch. */
export async function batchState(call: Caller, batch: string): Promise<Answer<Batch>> {
  const path = `/v1/batches/${encodeURIComponent(batch)}`;
  return (await call({ method: 'GET', path, receipt: 'optional' })) as Answer<Batch>;
}

export type LiveQuarantine = components['schemas']['LiveQuarantine'];

export interface RowPage {
  readonly after?: number;
  readonly limit?: number;
}

/** Rows of a batch that failed. */
export function quarantinedRows(call: Caller, batch: string, page: RowPage): Promise<Answer<unknown>> {
  const path = pathWith(`/v1/batches/${encodeURIComponent(batch)}/quarantine`, page);
  return call({ method: 'GET', path, receipt: 'required' });
}

/** Rows of a live dataset of this department that failed, with field and rule. */
export async function quarantinedLiveRows(
  call: Caller,
  dataset: string,
  page: RowPage,
): Promise<Answer<LiveQuarantine>> {
  const path = pathWith(`/v1/datasets/${encodeURIComponent(dataset)}/quarantine`, page);
  return (await call({ method: 'GET', path, receipt: 'required' })) as Answer<LiveQuarantine>;
}

async function sendParts(
  call: Caller,
  reader: PartReader,
  batch: string,
  from: number,
  options: SendOptions,
): Promise<void> {
  const partSize = Math.min(options.partSize ?? largestPart, largestPart);
  let offset = from;
  let failures = 0;
  while (offset < reader.size) {
    const body = await reader.read(offset, partSize);
    try {
      const path = `/v1/batches/${batch}/parts/${offset}`;
      const headers = { 'content-type': 'application/octet-stream' };
      const answer = await call({ method: 'PUT', path, headers, body, receipt: 'optional' });
      offset = nextOffset(answer.json, offset + body.length);
      failures = 0;
    } catch (error) {
      failures += 1;
      await pause(error, failures, options);
      offset = await hubOffset(call, batch, offset);
    }
    options.onProgress?.({ batch, sent: offset, size: reader.size });
  }
}

const usualTries = 3;

/** Waits before the next try. @throws the error, where trying again would not help or was tried often enough */
async function pause(error: unknown, failures: number, options: SendOptions): Promise<void> {
  if (!isPassing(error) || failures >= (options.tries ?? usualTries)) throw error;
  options.onRetry?.(error);
  await sleep(Math.min(200 * failures, 5_000));
}

/** True for a hub that is starting, and for calls that come too often. Sending again helps after no other refusal, invalid reply, or full disk. */
const isPassing = (error: unknown): boolean =>
  error instanceof DatongProblem
    ? error.code === 'too_many_requests' || (error.status === 503 && error.code !== 'storage_full')
    : !(error instanceof Problem);

/** Repeats a repeatable call until the network delivers it. */
async function persistently<T>(options: SendOptions, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      await pause(error, failures, options);
    }
  }
}

/** The hub's offset in a batch; the offset sent before, where the network does not answer. */
async function hubOffset(call: Caller, batch: string, offset: number): Promise<number> {
  try {
    return (await batchState(call, batch)).json.offset ?? offset;
  } catch (error) {
    if (!isPassing(error)) throw error;
    return offset;
  }
}

function nextOffset(answer: unknown, expected: number): number {
  const { offset } = (answer ?? {}) as { offset?: unknown };
  return typeof offset === 'number' ? offset : expected;
}

/** Milliseconds that are waited for the receipt of a batch that is done: the hub stores it a moment after the state. */
const receiptPatience = 5_000;

/** Polls a batch until it is done and has its receipt, at growing intervals. */
async function outcome(call: Caller, batch: string, options: SendOptions): Promise<Answer<Batch>> {
  const until = Date.now() + (options.patience ?? 600_000);
  let doneSince: number | undefined;
  for (let wait = 200; ; wait = Math.min(wait * 1.5, 5_000)) {
    const answer = await persistently(options, () => batchState(call, batch));
    const { state, progress, receipt } = answer.json;
    if (state === 'checking' && progress !== undefined) options.onChecking?.(progress);
    if (state === 'receiving' || state === 'checking') {
      if (Date.now() > until) return answer;
    } else {
      doneSince ??= Date.now();
      if (receipt !== undefined || Date.now() - doneSince > receiptPatience) return answer;
      wait = 200;
    }
    await sleep(wait);
  }
}
