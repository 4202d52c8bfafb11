/**
 * One connector of a provider. Questions are sent on its connection. Each ends with its own signed answer, an invalid frame, a timeout, or
 * the end of the connection. Owns the questions in progress.
 */
import { claimedQuestion, openFrame, questionDigest, signFrame } from '../../../certs/liveFrames.ts';
import type { SigningKey, VerificationKey } from '../../../certs/signatures/index.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import type { FrameChannel } from '../../pipeline/frameChannel.ts';
import { Unanswered } from './unanswered.ts';

/** A provider's answer with its signature. */
export interface Given {
  /** the answer's statement, a compact JWS by the provider's key */
  readonly statement: string;
  /** JSON text of the body */
  readonly body: string;
  /** number of rows according to the statement */
  readonly rows: number;
  /** the id of the question in a report */
  readonly question: string;
  readonly connector: Connector;
}

export interface Asking {
  readonly exchange: string;
  readonly dataset: string;
  /** JSON text */
  readonly body: string;
  readonly nonce: string;
  /** ms that are left */
  readonly patience: number;
  /** Unix milliseconds */
  readonly now: number;
  /** W3C Trace Context; undefined where the call is not traced */
  readonly traceparent?: string | undefined;
}

export interface ConnectorParts {
  readonly department: string;
  readonly datasets: readonly string[];
  readonly channel: FrameChannel;
  /** the hub's signing key */
  readonly key: SigningKey;
  /** a signing key of the department that is in force now */
  readonly keyOf: (keyid: string) => VerificationKey | undefined;
  /** checks that the caller that opened the connection is still authorised. @throws Problem */
  readonly checkAuthorised: () => void;
  /** maximum characters of an answer */
  readonly maxAnswerLength: number;
  /** called for frames that belong to no question in progress */
  readonly stray: () => void;
}

interface Pending {
  readonly exchange: string;
  settle(outcome: Given | Unanswered): void;
}

export class Connector {
  readonly department: string;
  readonly datasets: readonly string[];
  private readonly parts: ConnectorParts;
  private readonly pending = new Map<string, Pending>();
  private closed = false;

  constructor(parts: ConnectorParts) {
    this.parts = parts;
    this.department = parts.department;
    this.datasets = parts.datasets;
  }

  /** questions in progress */
  get busy(): number {
    return this.pending.size;
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  /** @throws Unanswered */
  async ask({ exchange, dataset, body, nonce, patience, now, traceparent }: Asking): Promise<Given> {
    const { parts } = this;
    try {
      parts.checkAuthorised();
    } catch {
      this.end();
    }
    if (this.closed) throw new Unanswered('lost', 'closed');
    const statement = { exchange, dataset, until: now + patience, nonce, ...defined({ traceparent }) };
    const frame = signFrame('question', statement, body, parts.key);
    const question = questionDigest(frame);
    const outcome = await new Promise<Given | Unanswered>((resolve) => {
      const timer = setTimeout(() => settle(new Unanswered('late', 'time')), patience);
      const settle = (one: Given | Unanswered): void => {
        clearTimeout(timer);
        this.pending.delete(question);
        resolve(one);
      };
      this.pending.set(question, { exchange, settle });
      parts.channel.send(frame);
    });
    if (outcome instanceof Unanswered) throw outcome;
    return outcome;
  }

  /** Reports to the provider which parts of an answer were unusable. @param reported names, places and counts, never values */
  report(
    { exchange, question }: { readonly exchange: string; readonly question: string },
    reported: object,
  ): void {
    if (!this.closed)
      this.parts.channel.send(
        signFrame('report', { exchange, question }, JSON.stringify(reported), this.parts.key),
      );
  }

  received(frame: string): void {
    const claimed = claimedQuestion(frame);
    const pending = claimed === undefined ? undefined : this.pending.get(claimed);
    if (claimed === undefined || pending === undefined) {
      this.parts.stray();
      return;
    }
    const invalid = (reason: string): void => {
      this.report({ exchange: pending.exchange, question: claimed }, { refused: reason });
      pending.settle(new Unanswered('invalid', reason));
    };
    if (frame.length > this.parts.maxAnswerLength) {
      invalid('too_large');
      return;
    }
    try {
      const { statement, token, body } = openFrame('answer', frame, this.parts.keyOf);
      const { exchange, state, rows } = statement;
      if (exchange !== pending.exchange) invalid('other_exchange');
      else if (state === 'rows')
        pending.settle({ statement: token, body, rows, question: claimed, connector: this });
      else pending.settle(failure(body));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      invalid('signature');
    }
  }

  /** Ends it because its caller is no longer authorised. */
  private end(): void {
    if (this.closed) return;
    this.closed = true;
    this.parts.channel.close(1008);
    this.gone();
  }

  /** Called when the connection has closed. */
  gone(): void {
    this.closed = true;
    for (const one of [...this.pending.values()]) one.settle(new Unanswered('lost', 'connection'));
  }

  /** Ends it when no question is in progress. */
  leave(): void {
    this.closed = true;
    this.parts.channel.close(1001);
  }
}

/** An error that the provider reports: its own code, or that the place of a page has expired. */
function failure(body: string): Unanswered {
  let code: unknown;
  try {
    ({ code } = JSON.parse(body) as { readonly code?: unknown });
  } catch {
    code = undefined;
  }
  return code === 'cursor_expired'
    ? new Unanswered('cursor_expired', 'cursor')
    : new Unanswered('failed', typeof code === 'string' ? code.slice(0, 40) : 'failed');
}
