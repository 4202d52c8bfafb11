/**
 * The provider's side of live datasets: a connection to one process of the hub. A signed call opens it, and the hub's answer is verified.
 * The client answers only questions that the hub signed, and signs answers with the department's key.
 */
import { openFrame, questionDigest, signFrame, type LiveQuestion } from '../../certs/liveFrames.ts';
import type { ReplyMessage } from '../../certs/message.ts';
import { Problem } from '../../terms/problem.ts';
import { pathWith } from './jsonCall.ts';
import { signedMessage, verifiedAnswer, withFreshKeys, type CallServices } from './signedCall.ts';

/** Parameters for opening the connection. The caller's own library opens it (`datong client provide` uses `ws`). */
export interface Opening {
  /** https address, as it was signed */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: string;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** A connection that carries text messages. */
export interface LiveWire {
  send(text: string): void;
  /** @param closed called once, with the close code */
  listen(received: (text: string) => void, closed: (code: number) => void): void;
  close(): void;
}

export interface Dialled {
  readonly reply: ReplyMessage;
  /** where the status is 101 */
  readonly wire: LiveWire | undefined;
}

/** A question of the hub. */
export interface LiveAsk {
  /** id of the consumer's call */
  readonly exchange: string;
  readonly dataset: string;
  readonly fields: readonly string[];
  /** ANDed */
  readonly filter: readonly {
    readonly field: string;
    readonly op: 'eq' | 'in' | 'range';
    readonly value: unknown;
  }[];
  readonly limit: number;
  /** position after which the answer continues */
  readonly after?: string;
  /** milliseconds that an answer may take */
  readonly patience: number;
  /** W3C Trace Context, where the hub traces the call */
  readonly traceparent?: string;
}

export interface LiveRows {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** the position after each row */
  readonly after: readonly string[];
  /** whether there are more */
  readonly more: boolean;
}

/** Thrown by a provider: the hub receives the code, and nothing else. */
export class LiveFailure extends Error {
  readonly code: 'cursor_expired' | 'query_failed' | 'field_unknown';

  constructor(code: LiveFailure['code'], options: { readonly cause?: unknown } = {}) {
    super(code, options);
    this.code = code;
  }
}

export interface LiveEvents {
  readonly answered?: (
    ask: LiveAsk,
    came: { readonly rows: number; readonly ms: number } | { readonly code: string; readonly error: unknown },
  ) => void;
  /** answer parts that the hub could not use: `{refused}`, or `{dropped, findings}` */
  readonly reported?: (exchange: string, report: Readonly<Record<string, unknown>>) => void;
  /** called for a frame that is not from the hub, or a question that is not for us */
  readonly refused?: (why: string) => void;
}

export interface LiveConnection {
  readonly exchange: string;
  /** resolves with the close code */
  readonly closed: Promise<number>;
  close(): void;
}

/** milliseconds; upper limit, even where the hub would wait longer */
const maxPatienceMs = 60_000;

/** Serves live datasets of a department. */
export class LiveServing {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /**
   * Opens a connection to one process of the hub and answers its questions.
   * @param dial opens it, with any library of the caller
   */
  connect(
    datasets: readonly string[],
    provide: (ask: LiveAsk) => Promise<LiveRows>,
    dial: (opening: Opening) => Promise<Dialled>,
    events: LiveEvents = {},
  ): Promise<LiveConnection> {
    return openLiveConnection(datasets, provide, dial, this.services, events);
  }
}

/**
 * @param datasets ids of this department's live datasets
 * @throws DatongProblem where the hub refuses, Problem reply_… for an invalid answer, the network's own errors
 */
async function openLiveConnection(
  datasets: readonly string[],
  provide: (ask: LiveAsk) => Promise<LiveRows>,
  dial: (opening: Opening) => Promise<Dialled>,
  services: CallServices,
  events: LiveEvents,
): Promise<LiveConnection> {
  const input = { method: 'GET', path: pathWith('/v1/connector', { datasets: datasets.join(',') }) } as const;
  const { request, headers } = signedMessage(input, services);
  const { ca, tls } = services.connection;
  const { reply, wire } = await dial({ uri: request.targetUri, headers, ca, tls });
  try {
    const { exchange } = await verifiedAnswer({ ...input, receipt: 'required' }, services, {
      request,
      reply,
    });
    if (wire === undefined)
      throw new Problem('reply_stream_invalid', {
        reason: { zh: `状态码 ${reply.status}`, en: `status ${reply.status}` },
      });
    const closed = new Promise<number>((resolve) => {
      const received = (frame: string): void =>
        void receive(frame, wire, datasets, provide, services, events).catch((error: unknown) =>
          events.refused?.(error instanceof Problem ? error.code : 'failed'),
        );
      wire.listen(received, resolve);
    });
    return { exchange, closed, close: () => wire.close() };
  } catch (error) {
    wire?.close();
    throw error;
  }
}

async function receive(
  frame: string,
  wire: LiveWire,
  datasets: readonly string[],
  provide: (ask: LiveAsk) => Promise<LiveRows>,
  services: CallServices,
  events: LiveEvents,
): Promise<void> {
  if (isReport(frame)) {
    const { statement, body } = await withFreshKeys(services, (keyOf) => openFrame('report', frame, keyOf));
    events.reported?.(statement.exchange, JSON.parse(body) as Readonly<Record<string, unknown>>);
    return;
  }
  const { statement, body } = await withFreshKeys(services, (keyOf) => openFrame('question', frame, keyOf));
  const { exchange, dataset, traceparent } = statement;
  if (!datasets.includes(dataset)) throw new Problem('dataset_unknown', { dataset });
  const ask: LiveAsk = {
    exchange,
    dataset,
    ...(JSON.parse(body) as Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'after'>),
    patience: patienceOf(statement),
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
  };
  const question = questionDigest(frame);
  const started = performance.now();
  try {
    const { rows, after, more } = await provide(ask);
    const notified = { exchange, question, state: 'rows', rows: rows.length } as const;
    wire.send(signFrame('answer', notified, JSON.stringify({ rows, after, more }), services.key));
    events.answered?.(ask, { rows: rows.length, ms: performance.now() - started });
  } catch (error) {
    const code = error instanceof LiveFailure ? error.code : 'query_failed';
    const notified = { exchange, question, state: 'failed', rows: 0 } as const;
    wire.send(signFrame('answer', notified, JSON.stringify({ code }), services.key));
    events.answered?.(ask, { code, error });
  }
}

/** Clocks may differ: a new question has at least one second. */
const patienceOf = ({ until }: LiveQuestion): number =>
  Math.min(Math.max(until - Date.now(), 1_000), maxPatienceMs);

/** Which of the two the frame claims to be; its signature proves it. */
export function isReport(frame: string): boolean {
  const [header = ''] = frame.split('.', 1);
  return Buffer.from(header, 'base64url').toString('utf8').includes('datong-live-report+jws');
}
