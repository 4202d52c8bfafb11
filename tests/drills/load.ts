/** Calls without a pause during a drill, and what their callers hold of the answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkpointsInMemory } from '../../clients/sdk/checkpointKeeper.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { Problem } from '../../terms/problem.ts';
import type { Machine } from '../hub.ts';

export const dataset = 'pub-security.household';
export const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
} as const;

const callers = 6;

/**
 * Clients of one machine. They share what they saw of the log: a checkpoint of one hub that does not continue the other's is refused.
 * @param host of the balancer @param count of clients
 */
export function clientsOf(
  { department, tls, signing }: Pick<Machine, 'department' | 'tls' | 'signing'>,
  ca: string,
  host: string,
  count = callers,
): readonly DatongClient[] {
  const checkpoints = checkpointsInMemory();
  const hub = { exchange: `https://${host}:8443`, open: `https://${host}:8444` };
  return Array.from(
    { length: count },
    () => new DatongClient({ department, ca, tls, signingKey: signing, hub, checkpoints, timeout: 10_000 }),
  );
}

/** What a caller holds of an answer. */
export interface Acknowledged {
  readonly exchange: string;
  readonly receipt: string;
  /** `performance.now()` of its arrival */
  readonly at: number;
}

export interface Failed {
  readonly code: string;
  readonly at: number;
}

/** Answers and failures of all callers, in the order of their arrival. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  readonly failed: Failed[] = [];
  /** answers that a caller took for false */
  readonly disbelieved: string[] = [];
  private readonly end = new AbortController();
  private readonly callers: readonly Promise<void>[];

  /** @param clients one for each caller @param persons whose rows are queried */
  constructor(clients: readonly DatongClient[], persons: readonly string[]) {
    this.callers = clients.map((client, nth) => this.call(client, persons, nth * 97));
  }

  /** Every fourth call is denied, which has its entry too. */
  private async call(client: DatongClient, persons: readonly string[], from: number): Promise<void> {
    for (let nth = from; !this.end.signal.aborted; nth += 1) {
      const value = persons[nth % persons.length] ?? '';
      const purpose = nth % 4 === 3 ? 'meals-subsidy' : context.purpose;
      const query = { filter: [{ field: 'person_id', op: 'eq', value }] } as const;
      try {
        const { exchange, receipt } = await client.query(dataset, query, { ...context, purpose });
        this.acknowledge(exchange, receipt);
      } catch (error) {
        this.fail(error);
      }
      await sleep(20);
    }
  }

  private acknowledge(exchange: string, receipt = ''): void {
    this.acknowledged.push({ exchange, receipt, at: performance.now() });
  }

  private fail(error: unknown): void {
    if (error instanceof DatongProblem && error.kept?.receipt !== undefined) {
      this.acknowledge(error.kept.exchange, error.kept.receipt);
      return;
    }
    const code =
      error instanceof Problem ? error.code : error instanceof DatongProblem ? error.code : 'network';
    if (code.startsWith('reply_')) this.disbelieved.push(code);
    this.failed.push({ code, at: performance.now() });
  }

  /** Longest time in seconds without an answer since a moment. */
  longestGap(since: number): number {
    const moments = [
      since,
      ...this.acknowledged.map(({ at }) => at).filter((at) => at > since),
      performance.now(),
    ];
    return Math.max(...moments.slice(1).map((at, nth) => at - (moments[nth] ?? at))) / 1_000;
  }

  /** Waits until so many answers came. @throws an Error after two minutes without any */
  async answers(count: number): Promise<void> {
    const until = this.acknowledged.length + count;
    let last = performance.now();
    for (let seen = 0; this.acknowledged.length < until;) {
      if (this.acknowledged.length !== seen) last = performance.now();
      seen = this.acknowledged.length;
      if (performance.now() - last > 120_000) throw new Error('no answers for two minutes');
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.callers);
  }
}
