/** What the client sends and gets, in the words of openapi.yaml. */
import type { components } from '../../api/openapi.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { ReceiptCheck } from '../../log/receipt/verifyReceipt.ts';
import type { StoredExchange } from './storedExchange.ts';

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

/** `StreamQuestion` of openapi.yaml. */
export interface StreamQuestion extends Pick<Query, 'fields' | 'filter'> {
  /** `cursor` of the last verified part of a stream that broke */
  readonly after?: string;
}

export interface Query {
  /** none = all granted fields */
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  /** `field` or `-field` */
  readonly sort?: readonly string[];
  /** 1 to 1,000, default 100 */
  readonly limit?: number;
  readonly cursor?: string;
  /** only the latest row of each series, in the order of the key; without `sort` */
  readonly latest?: true;
  /** RFC 3339: the latest row at or before this moment */
  readonly asOf?: string;
}

/** Why the data is asked for. Travels in signed headers. */
export interface CallContext {
  readonly purpose: string;
  readonly agreement: string;
  /** pseudonymous id of the official (经办人), as it is: the client encodes it */
  readonly onBehalfOf?: string;
  /** case number (办件号), as it is (`京教〔2026〕1号`): the client encodes it */
  readonly matter?: string;
}

/** One dataset as this department sees it: OpenAPI 3.1. */
export type ReceivedContract = components['schemas']['ReceivedContract'];

export interface QueryAnswer {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** fields that were not released, with the reason's code */
  readonly withheld: Readonly<Record<string, string>>;
  /** `undisclosed`: rows of persons who have not consented may have been withheld, or none */
  readonly rows: { readonly delivered: number; readonly withheld: number | 'undisclosed' };
  readonly nextCursor?: string;
  readonly asOf?: ProviderTime;
}

/** RFC 3339, of live data that the agreement lets be older than the call: when their provider gave the oldest of them. */
export type ProviderTime = string;

/** Many subjects at once, each by a full value that the caller holds. */
export interface BatchQuestion {
  /** field of `lookupBy` */
  readonly by: string;
  /** up to the agreement's `subjectsPerCall`, 10,000 at most */
  readonly values: readonly Scalar[];
  /** none = all granted fields */
  readonly fields?: readonly string[];
}

/** What came of one value: records, or why there are none. */
export type BatchOutcome =
  | { readonly records: readonly Readonly<Record<string, unknown>>[]; readonly more?: true }
  | { readonly code: 'not_found' | 'consent_missing' };

export interface BatchAnswer {
  /** one for each value, in their order */
  readonly outcomes: readonly BatchOutcome[];
  readonly withheld: Readonly<Record<string, string>>;
  readonly rows: { readonly delivered: number };
  readonly asOf?: ProviderTime;
}

/** One question about one subject, as the agreement allows it. */
export interface FactQuestion {
  /** full value of the field by which the schema names its subject */
  readonly subject: string;
  /** `YYYY-MM-DD`, where the fact leaves the day to the caller */
  readonly on?: string;
  /** what is compared, where the fact leaves it to the caller */
  readonly value?: Scalar;
}

/** One group, or a total: a dimension that is missing in `key` was summed over. */
export type AggregateCell =
  | { readonly key: Readonly<Record<string, Scalar | null>>; readonly suppressed: true }
  | {
      readonly key: Readonly<Record<string, Scalar | null>>;
      readonly count: number;
      /** decimals, told in steps */
      readonly sums?: Readonly<Record<string, { readonly value: string; readonly step: string }>>;
    };

export interface AggregateAnswer {
  readonly aggregate: string;
  /** the batch it was counted of */
  readonly batch: string;
  readonly minGroup: number;
  /** a group that is not listed has no rows */
  readonly cells: readonly AggregateCell[];
}

export interface FactAnswer {
  /** unknown: no row of the subject, or what is asked of is empty */
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly asOf?: ProviderTime;
}

export interface BatchCounts {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
  readonly doubted?: number;
  readonly warned?: number;
}

/** What a file holds by its sender's own books (对账文件). */
export interface ControlTotals {
  readonly rows?: number;
  /** decimal texts, by field or by the column of the file that the mapping makes it from */
  readonly sums?: Readonly<Record<string, string>>;
  /** hex, of the whole file */
  readonly sha256?: string;
}

export interface BatchFinding {
  readonly code: string;
  readonly severity: 'warn' | 'hold' | 'reject';
  readonly text: Bilingual;
  readonly next: Bilingual;
}

export interface Batch {
  readonly batch: string;
  readonly dataset: string;
  readonly state:
    | 'receiving'
    | 'checking'
    | 'held'
    | 'prepared'
    | 'published'
    | 'superseded'
    | 'rejected'
    | 'dropped'
    | 'failed'
    | 'expired';
  readonly offset?: number;
  readonly openedAt?: string;
  /** records = rows + bad + skipped */
  readonly counts?: BatchCounts;
  /** what came of it, for a report; absent until then */
  readonly sentence?: Bilingual;
  /** rows of it that went with periods that were over */
  readonly destroyed?: number;
  /** how far it is while its rows are read and checked */
  readonly progress?: {
    /** of the file that were read */
    readonly bytes: number;
    /** bytes of the whole file */
    readonly of: number;
    /** that were read, bad ones among them */
    readonly records: number;
    readonly bad: number;
    /** records a second */
    readonly perSecond: number;
    readonly secondsLeft?: number;
  };
  /** code of what stopped it */
  readonly problem?: string;
  /** why it is held or was rejected, every reason */
  readonly findings?: readonly BatchFinding[];
  /** by then somebody decides about a held one */
  readonly heldUntil?: string;
  /** the first of two persons who release it or put it back */
  readonly proposedBy?: string;
  readonly proposedByName?: string;
  /** whose word a held one waits for, where its dataset names somebody */
  readonly decides?: string;
  readonly decidesName?: string;
  /** it waits for her word, and whoever asks is neither her nor stands in for her */
  readonly waitsForAnother?: true;
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
  readonly kept: StoredExchange;
}

/** Why a query would be allowed or denied, field by field. */
export type Explanation = components['schemas']['Explanation'];
/** Whom a change of a schema reaches. */
export type Touched = components['schemas']['Touched'];
