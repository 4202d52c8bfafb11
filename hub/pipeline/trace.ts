/**
 * Traces of calls, as the pipeline and the flows use them: one span for a call and one for each of its slow parts. There are none where
 * hub.json names no receiver (`telemetry`).
 */
import type { Leaf } from '../../log/leaf.ts';
import type { Caller } from '../identity/authentication/caller.ts';

export interface CallTrace {
  /** trace id, 32 hexadecimal digits; the private part of the call's entry contains it */
  readonly id: string;
  /** Measures a part of the call. @param work receives the `traceparent` (W3C Trace Context) of a request that it sends */
  part<T>(name: string, work: (traceparent: string) => Promise<T>): Promise<T>;
  /** Adds what the entry of the call states about it. */
  entry(leaf: Pick<Leaf, 'dataset' | 'consumer' | 'decision' | 'code'>): void;
  /** Ends the trace. @param status of the reply; undefined: the client has disconnected */
  end(status: number | undefined): void;
}

export interface TracedCall {
  readonly exchange: string;
  /** operationId */
  readonly operation: string;
  readonly rawHeaders: readonly string[];
  readonly caller: Caller;
  /** value of performance.now() at its arrival */
  readonly arrived: number;
}

export interface Tracing {
  /** @returns undefined for a call that is not traced */
  begin(call: TracedCall): CallTrace | undefined;
}

/** Runs a part of a call, measured where the call is traced. */
export const measured = <T>(
  trace: CallTrace | undefined,
  name: string,
  work: (traceparent?: string) => Promise<T>,
): Promise<T> => (trace === undefined ? work() : trace.part(name, work));
