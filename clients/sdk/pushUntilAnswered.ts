/** One call with rows, sent until it is answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from '../../api/openapi.ts';
import { geoJsonType } from '../../terms/geoJson.ts';
import { Problem } from '../../terms/problem.ts';
import { DatongProblem } from './datongProblem.ts';
import { pathWith } from './jsonCall.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer } from './types.ts';

export type RowsAnswer = components['schemas']['RowsAnswer'];

/** Limits of one call. */
export const maxRowsOfCall = 10_000;
export const maxBytesOfCall: number = 4 * 2 ** 20;

/** What a collection has around its features. */
const collection = ['{"type":"FeatureCollection","features":[', ']}'] as const;
export const collectionBytes: number = collection.join('').length;

/** Milliseconds between two tries, doubled each time. */
const pauses = { first: 100, longest: 5_000 } as const;

/** Address of the rows of a dataset. */
export const rowsPath = (dataset: string, mapping?: string): string =>
  pathWith(`/v1/datasets/${encodeURIComponent(dataset)}/rows`, mapping === undefined ? {} : { mapping });

/** One call with rows, and how it is repeated. */
export interface RowsCall {
  readonly path: string;
  /** idempotency key: the hub stores nothing twice under it */
  readonly key: string;
  /** each a line of JSON */
  readonly rows: readonly string[];
  /** the rows are GeoJSON features */
  readonly isGeoJson?: boolean;
  /** ends the pause between two tries */
  readonly signal: AbortSignal;
  /** called each time a call failed and is about to be sent again */
  readonly onRetry?: (error: unknown) => void;
}

/**
 * Sends one call until it is answered, each time the same bytes under the same key.
 * @throws a refusal of the hub (DatongProblem), an invalid reply (Problem reply_…), AbortError
 */
export async function pushUntilAnswered(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  { path, key, rows, isGeoJson = false, signal, onRetry }: RowsCall,
): Promise<Answer<RowsAnswer>> {
  const [begin, end] = collection;
  const body = Buffer.from(isGeoJson ? `${begin}${rows.join(',')}${end}` : rows.join('\n'), 'utf8');
  const type = isGeoJson ? geoJsonType : 'application/x-ndjson';
  const headers = { 'content-type': type, 'datong-idempotency-key': key };
  for (let pause: number = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
    try {
      const input = { method: 'POST', path, headers, body, receipt: 'required' } as const;
      return (await call(input)) as Answer<RowsAnswer>;
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      onRetry?.(error);
      await sleep(pause, undefined, { signal });
    }
  }
}

/**
 * True where the same call may succeed later: the network failed, or the hub is busy or starting. A refusal or an invalid reply is final.
 */
export const isPassing = (error: unknown): boolean =>
  error instanceof DatongProblem
    ? error.status === 429 || error.status >= 500
    : !(error instanceof Problem) && !(error instanceof Error && error.name === 'AbortError');
