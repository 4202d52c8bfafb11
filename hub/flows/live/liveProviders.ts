/**
 * The providers of live datasets, as this process reaches them: connectors that opened a connection to it. Owns the list of connectors,
 * the queue of each provider, and the record of its failures; other processes have their own connectors.
 */
import { randomBytes } from 'node:crypto';
import type { SigningKey } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { providerOf, datasetId } from '../../../terms/ids.ts';
import { Breaker, type BreakerLimits } from './breaker.ts';
import type { Connector, Given } from './connector.ts';
import { Semaphore } from '../../../machine/semaphore.ts';
import { Unanswered, type NoAnswer } from './unanswered.ts';

export interface LiveLimits {
  /** ms in which a question is answered, its wait for a turn included */
  readonly patience: number;
  /** concurrent questions of one provider */
  readonly atOnce: number;
  /** maximum number of queued questions */
  readonly maxWaiting: number;
  /** connections that one department may have open to this process; 0: other processes share its port and would not find them */
  readonly connectors: number;
  /** characters of an answer */
  readonly maxAnswerLength: number;
  /** ms for which resolved addresses of a provider's service are reused */
  readonly lookedUpFor: number;
  readonly breaker: BreakerLimits;
}

const usual: LiveLimits = {
  patience: 10_000,
  atOnce: 8,
  maxWaiting: 64,
  connectors: 4,
  maxAnswerLength: 4 << 20,
  lookedUpFor: 30_000,
  breaker: { failures: 5, pause: 5_000, maxPause: 60_000 },
};

/** Events for the operator's metrics. */
export interface LiveEvents {
  /** @param outcome ok, none (no connector), paused, full, or the result of the question @param ms from question to answer */
  asked?(outcome: 'ok' | 'none' | 'paused' | 'full' | NoAnswer, ms: number): void;
  /** rows that could not be used, by reason */
  dropped?(reason: string, rows: number): void;
  /** frames that belong to no question in progress */
  stray?(): void;
}

interface Question {
  readonly dataset: string;
  readonly exchange: string;
  /** JSON text */
  readonly body: string;
  /** W3C Trace Context; undefined where the call is not traced */
  readonly traceparent?: string | undefined;
}

/** A provider's answer, decoded. */
export interface Answered<T> {
  readonly given: Given;
  readonly read: T;
}

export class LiveProviders {
  readonly limits: LiveLimits;
  readonly key: SigningKey;
  readonly events: LiveEvents;
  private readonly now: () => number;
  private readonly connectors = new Set<Connector>();
  private readonly breakers = new Map<string, Breaker>();
  private readonly turns = new Map<string, Semaphore>();
  private open = 0;
  private stopping = false;
  private done: (() => void) | undefined;

  /** @param now Unix milliseconds, by the database's clock @param key the hub's */
  constructor(
    key: SigningKey,
    now: () => number,
    {
      breaker,
      ...limits
    }: Partial<Omit<LiveLimits, 'breaker'>> & { readonly breaker?: Partial<BreakerLimits> } = {},
    events: LiveEvents = {},
  ) {
    this.key = key;
    this.now = now;
    this.limits = { ...usual, ...limits, breaker: { ...usual.breaker, ...breaker } };
    this.events = events;
  }

  /** of this process */
  get count(): number {
    return this.connectors.size;
  }

  /** datasets that are currently paused */
  get paused(): number {
    return [...this.breakers.values()].filter(({ isOpen }) => isOpen).length;
  }

  /** @throws Problem hub_draining, connectors_one_process, connectors_too_many */
  admit(department: string): void {
    if (this.stopping) throw new Problem('hub_draining');
    const { connectors: maxConnectors } = this.limits;
    if (maxConnectors === 0) throw new Problem('connectors_one_process');
    if (this.countOf(department) >= maxConnectors)
      throw new Problem('connectors_too_many', { most: maxConnectors }, { headers: { 'retry-after': '5' } });
  }

  /** Handshakes at the same time are all admitted: one too many is closed here. */
  join(connector: Connector): void {
    this.open += 1;
    if (this.stopping || this.countOf(connector.department) >= this.limits.connectors) connector.leave();
    else this.connectors.add(connector);
  }

  private countOf(department: string): number {
    return [...this.connectors].filter((one) => one.department === department).length;
  }

  /** Called when its connection has closed. */
  left(connector: Connector): void {
    this.connectors.delete(connector);
    connector.gone();
  }

  /** Called once its last entry is durable, or cannot be written. */
  ended(): void {
    this.open -= 1;
    if (this.open === 0) this.done?.();
  }

  /**
   * Queries a connector of a dataset's provider. If the connection breaks, the question is sent once more over another connector; after a
   * timeout it is not.
   * @param read decodes the body. @throws Unanswered (invalid) where it does not answer the question
   * @throws Problem provider_unavailable, provider_answer_invalid, cursor_expired
   */
  ask<T>(question: Question, read: (given: Given) => T): Promise<Answered<T>> {
    return this.inTurn(question.dataset, (until) => this.answer(question, read, until));
  }

  /**
   * Runs work that queries the provider of a dataset, in its turn, unless the dataset is paused.
   * @param work receives its deadline, as a value of performance.now(). @throws Unanswered
   * @throws Problem provider_unavailable, provider_answer_invalid, cursor_expired
   */
  async inTurn<T>(dataset: string, work: (until: number) => Promise<T>): Promise<T> {
    const started = performance.now();
    const until = started + this.limits.patience;
    const breaker = this.breakerOf(dataset);
    const wait = breaker.enter(started);
    if (wait !== undefined) {
      this.events.asked?.('paused', 0);
      throw unavailable(dataset, Math.ceil(wait / 1000));
    }
    try {
      const end = await this.turnsOf(dataset).take(this.limits.patience, this.limits.maxWaiting);
      if (end === undefined) {
        this.events.asked?.('full', 0);
        throw unavailable(dataset, 1);
      }
      const answered = await work(until).finally(end);
      breaker.succeeded();
      this.events.asked?.('ok', performance.now() - started);
      return answered;
    } catch (error) {
      if (!(error instanceof Unanswered)) {
        breaker.left();
        throw error;
      }
      this.events.asked?.(error.kind, performance.now() - started);
      if (error.kind === 'cursor_expired') breaker.succeeded();
      else breaker.failed(performance.now());
      throw problemOf(error, dataset);
    }
  }

  private async answer<T>(
    question: Question,
    read: (given: Given) => T,
    until: number,
  ): Promise<Answered<T>> {
    const { dataset } = question;
    let tried: Connector | undefined;
    for (;;) {
      const connector = this.connectorOf(dataset, tried);
      if (connector === undefined) {
        if (tried !== undefined) throw new Unanswered('lost', 'connection');
        this.events.asked?.('none', 0);
        throw unavailable(dataset, 5);
      }
      try {
        const given = await connector.ask({
          ...question,
          nonce: randomBytes(12).toString('base64url'),
          patience: Math.max(0, until - performance.now()),
          now: this.now(),
        });
        return { given, read: this.readOf(question, given, read) };
      } catch (error) {
        const again = error instanceof Unanswered && error.kind === 'lost' && tried === undefined;
        if (!again) throw error;
        tried = connector;
      }
    }
  }

  private readOf<T>({ exchange }: Question, given: Given, read: (given: Given) => T): T {
    try {
      return read(given);
    } catch (error) {
      if (error instanceof Unanswered)
        given.connector.report({ exchange, question: given.question }, { refused: error.reason });
      throw error;
    }
  }

  /** The connector with the fewest questions in progress. */
  private connectorOf(dataset: string, but: Connector | undefined): Connector | undefined {
    let found: Connector | undefined;
    for (const one of this.connectors) {
      if (one === but || !one.isOpen || !one.datasets.includes(dataset)) continue;
      if (found === undefined || one.busy < found.busy) found = one;
    }
    return found;
  }

  private breakerOf(dataset: string): Breaker {
    const known = this.breakers.get(dataset) ?? new Breaker(this.limits.breaker);
    this.breakers.set(dataset, known);
    return known;
  }

  private turnsOf(dataset: string): Semaphore {
    const provider = providerOf(datasetId(dataset));
    const known = this.turns.get(provider) ?? new Semaphore(this.limits.atOnce);
    this.turns.set(provider, known);
    return known;
  }

  /** Accepts no new connection; each open one ends when no question is in progress on it. */
  stop(): void {
    this.stopping = true;
    const leave = (): void => {
      for (const one of this.connectors) if (one.busy === 0) one.leave();
      if (this.connectors.size > 0) setTimeout(leave, 50);
    };
    leave();
  }

  /** Resolves when the last entry of every connection is durable. */
  async settled(): Promise<void> {
    if (this.open > 0) await new Promise<void>((resolve) => (this.done = resolve));
  }
}

const unavailable = (dataset: string, seconds: number): Problem =>
  new Problem('provider_unavailable', { dataset }, { headers: { 'retry-after': String(seconds) } });

function problemOf({ kind }: Unanswered, dataset: string): Problem {
  switch (kind) {
    case 'invalid':
      return new Problem('provider_answer_invalid', { dataset });
    case 'cursor_expired':
      return new Problem('cursor_expired');
    case 'lost':
    case 'late':
    case 'failed':
      return unavailable(dataset, 5);
  }
}
