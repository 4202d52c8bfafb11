/** The intake flow in a browser: open, parts, commit, outcome. Each of its calls can be repeated. */
import { get, post, put, Refused, Unreachable, type Schemas } from '../api/call.ts';
import { defined } from '../../../terms/defined.ts';

export interface Submission {
  readonly dataset: string;
  readonly mapping: string;
  readonly fileName: string;
  readonly file: Blob;
  /** hex, of the whole file */
  readonly sha256: string;
  /** a batch that was begun before */
  readonly batch?: string | undefined;
  readonly corrects?: string | undefined;
  readonly control?: Schemas['ControlTotals'] | undefined;
}

export interface Progress {
  readonly phase: 'sending' | 'away' | 'checking';
  /** bytes that the hub has */
  readonly sent: number;
  readonly size: number;
  /** bytes a second, of late; absent at first */
  readonly rate?: number;
  /** seconds */
  readonly left?: number;
  /** how far the check of its rows is */
  readonly checked?: Schemas['BatchProgress'];
}

export interface Watching {
  readonly signal: AbortSignal;
  /** called once the hub has assigned a number */
  readonly opened: (batch: string) => void;
  readonly progress: (progress: Progress) => void;
}

const minPartBytes = 256 << 10;
const maxPartBytes = 8 << 20;
/** Intended duration of a part, in milliseconds: short enough for frequent progress, long enough to lose no time. */
const wanted = 1_000;

/** @throws Refused; DOMException AbortError when it is paused: the batch stays, and the same call with its number continues */
export async function upload(one: Submission, watching: Watching): Promise<Schemas['Batch']> {
  const { file } = one;
  const { signal } = watching;
  const at = { dataset: one.dataset };
  const key = crypto.randomUUID();
  const begun = await persistently(signal, () =>
    one.batch === undefined
      ? post('/v1/datasets/{dataset}/batches', { fileName: one.fileName, bytes: file.size }, { at, key })
      : get('/v1/batches/{batch}', { at: { batch: one.batch } }),
  );
  const { batch } = begun;
  watching.opened(batch);
  if (begun.state === 'receiving') await sendParts(batch, begun.offset, file, watching);
  watching.progress({ phase: 'checking', sent: file.size, size: file.size });
  const body = {
    sha256: one.sha256,
    bytes: file.size,
    mapping: one.mapping,
    ...defined({ corrects: one.corrects, control: one.control }),
  };
  const committed = await persistently(signal, () =>
    post('/v1/batches/{batch}/commit', body, { at: { batch }, key: `${batch}-commit` }),
  );
  return outcome(committed.sameAs ?? committed.batch, signal, (checked) =>
    watching.progress({ phase: 'checking', sent: file.size, size: file.size, checked }),
  );
}

/** Waits until the batch is done; its receipt is stored shortly after it is published. */
async function outcome(
  batch: string,
  signal: AbortSignal,
  report: (checked: Schemas['BatchProgress']) => void,
): Promise<Schemas['Batch']> {
  for (let wait = 200; ; wait = Math.min(wait * 1.5, 5_000)) {
    const found = await persistently(signal, () => get('/v1/batches/{batch}', { at: { batch } }));
    if (found.progress !== undefined) report(found.progress);
    const waits = found.state === 'receiving' || found.state === 'checking';
    if (!waits && (found.receipt !== undefined || wait > 1_000)) return found;
    await pause(wait, signal);
  }
}

async function sendParts(
  batch: string,
  from: number,
  file: Blob,
  { signal, progress }: Watching,
): Promise<void> {
  let sent = from;
  let part = minPartBytes;
  let rate: number | undefined;
  const report = (phase: Progress['phase']): void =>
    progress({
      phase,
      sent,
      size: file.size,
      ...(rate === undefined ? {} : { rate, left: (file.size - sent) / rate }),
    });
  report('sending');
  for (let failures = 0; sent < file.size;) {
    signal.throwIfAborted();
    const bytes = file.slice(sent, sent + part);
    const began = performance.now();
    try {
      const at = { batch, offset: String(sent) };
      const { offset } = await put('/v1/batches/{batch}/parts/{offset}', bytes, { at, signal });
      const took = Math.max(1, performance.now() - began);
      const now = (bytes.size / took) * 1000;
      rate = rate === undefined ? now : 0.7 * rate + 0.3 * now;
      part = Math.min(maxPartBytes, Math.max(minPartBytes, Math.round(part * Math.min(2, wanted / took))));
      sent = offset;
      failures = 0;
      report('sending');
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
      failures += 1;
      part = minPartBytes;
      report('away');
      await pause(Math.min(500 * failures, 5_000), signal);
      // the part may have arrived although its answer did not
      sent = (await persistently(signal, () => get('/v1/batches/{batch}', { at: { batch } }))).offset;
    }
  }
}

/** Tries again until the user cancels. */
async function persistently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!passes(error)) throw error;
      await pause(Math.min(500 * failures, 5_000), signal);
    }
  }
}

/** True without an answer, or where the answer announces a later one. */
const passes = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof Refused && (error.problem.status === 503 || error.problem.code === 'too_many_requests'));

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
