/** What the client sends and gets, in the words of openapi.yaml. */
import type { ReceiptCheck } from '../../log/receipt/verifyReceipt.ts';
import type { KeptExchange } from './keptExchange.ts';

export type Scalar = string | number | boolean;

/** One term of a filter; terms are ANDed. */
export type FilterTerm =
  | { readonly field: string; readonly op: 'eq'; readonly value: Scalar }
  | { readonly field: string; readonly op: 'in'; readonly value: readonly Scalar[] }
  | {
      readonly field: string;
      readonly op: 'range';
      readonly value: {
        readonly gt?: Scalar;
        readonly gte?: Scalar;
        readonly lt?: Scalar;
        readonly lte?: Scalar;
      };
    };

export interface Query {
  /** none = all granted fields */
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  /** `field` or `-field` */
  readonly sort?: readonly string[];
  /** 1 to 1,000, default 100 */
  readonly limit?: number;
  readonly cursor?: string;
}

/** Why the data is asked for. Travels in signed headers. */
export interface CallContext {
  readonly purpose: string;
  readonly agreement: string;
  /** pseudonymous id of the official (经办人) */
  readonly onBehalfOf?: string;
  /** case number (办件号) */
  readonly matter?: string;
}

export interface QueryAnswer {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** fields that were not released, with the reason's code */
  readonly withheld: Readonly<Record<string, string>>;
  readonly rows: { readonly delivered: number; readonly withheld: number };
  readonly nextCursor?: string;
}

export interface Batch {
  readonly batch: string;
  readonly dataset: string;
  readonly state: 'receiving' | 'checking' | 'held' | 'published' | 'superseded' | 'rejected' | 'failed';
  readonly offset?: number;
  readonly receipt?: string;
  readonly [member: string]: unknown;
}

/** A verified answer of the hub. */
export interface Answer<T> {
  readonly status: number;
  /** by lower-case name */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly json: T;
  /** the header `datong-receipt`, verified; undefined for calls without an entry of their own */
  readonly receipt: string | undefined;
  readonly check: ReceiptCheck | undefined;
  /** id of the exchange */
  readonly exchange: string;
  /** what to keep: `saveExchange(folder, answer.kept)` */
  readonly kept: KeptExchange;
}
