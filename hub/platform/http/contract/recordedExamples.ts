/** Calls that hubs answered while tests ran: what /docs shows beside each operation. */
import { readFileSync } from 'node:fs';

/** A call that was recorded, as far as it is shown. */
export interface Example {
  readonly method: string;
  /** with what stood for the parameters */
  readonly path: string;
  /** signed headers of Datong, and the idempotency key */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly type: string;
  readonly answer: unknown;
}

export type Examples = Readonly<Record<string, Example>>;

/** Recorded by scripts/examples/recordExamples.ts. */
export const recordedExamples = (): Examples =>
  JSON.parse(readFileSync(new URL('../../../../api/examples.json', import.meta.url), 'utf8')) as Examples;
