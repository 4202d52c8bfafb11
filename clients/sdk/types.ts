/** Types that the client sends and receives, with the names of openapi.yaml. */
import type { components } from '../../api/openapi.ts';
import type { Feature } from '../../terms/geoJson.ts';
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
    }
  | { readonly field: string; readonly op: 'within'; readonly value: Within };

/** West, south, east, north; longitude and latitude; or a code of a code list with outlines. */
export type Within =
  | { readonly bbox: readonly [number, number, number, number] }
  | { readonly center: readonly [number, number]; readonly metres: number }
  | { readonly area: { readonly list: string; readonly code: string } };

/** `StreamQuestion` of openapi.yaml. */
export interface StreamQuestion extends Pick<Query, 'fields' | 'filter'> {
  /** `cursor` of the last verified part of a stream that broke */
  readonly after?: string;
}

export interface Query {
  /** absent: all granted fields */
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  /** `field` or `-field` */
  readonly sort?: readonly string[];
  /** 1 to 1,000, default 100 */
  readonly limit?: number;
  readonly cursor?: string;
  /** only the latest row of each series, without `sort`; in the order of the key, or shuffled where the answer lacks a part of it in clear */
  readonly latest?: true;
  /** RFC 3339: the latest row at or before this moment */
  readonly asOf?: string;
  /** versions of the one row whose key `filter` names with `eq`, the oldest first */
  readonly history?: true;
}

/** Purpose and context of a call. Sent in signed headers. */
export interface CallContext {
  readonly purpose: string;
  readonly agreement: string;
  /** pseudonymous id of the official (经办人), unencoded: the client encodes it */
  readonly onBehalfOf?: string;
  /** case number (办件号), unencoded (`京教〔2026〕1号`): the client encodes it */
  readonly matter?: string;
}

/** One dataset as this department sees it: OpenAPI 3.1. */
export type ReceivedContract = components['schemas']['ReceivedContract'];

/** Who changed a row, when, and by which transition. */
export type VersionNote = components['schemas']['VersionNote'];

export interface QueryAnswer {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** who made each version and when, in the order of the records; where `history` was asked for */
  readonly history?: readonly VersionNote[];
  /** versions of the records, in their order, for `changeRow`; of a dataset that several departments change */
  readonly versions?: readonly number[];
  /** fields that were not released, with the reason's code */
  readonly withheld: Readonly<Record<string, string>>;
  /** `undisclosed`: rows of persons who have not consented may have been withheld, or none */
  readonly rows: { readonly delivered: number; readonly withheld: number | 'undisclosed' };
  readonly nextCursor?: string;
  readonly asOf?: ProviderTime;
}

/** The same answer as a GeoJSON FeatureCollection: each record is a feature. */
export interface QueryFeatures extends Omit<QueryAnswer, 'records'> {
  readonly type: 'FeatureCollection';
  readonly features: readonly Feature[];
}

/** RFC 3339: when the provider gave the oldest of these live data. Only where the agreement allows data older than the call. */
export type ProviderTime = string;

/** Many subjects in one call, each by a full value that the caller has. */
export interface BatchQuestion {
  /** field of `lookupBy` */
  readonly by: string;
  /** up to the agreement's `subjectsPerCall`, 10,000 at most */
  readonly values: readonly Scalar[];
  /** absent: all granted fields */
  readonly fields?: readonly string[];
}

/** Result of one value: records, or why there are none. */
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
      /** decimals, rounded to steps */
      readonly sums?: Readonly<Record<string, { readonly value: string; readonly step: string }>>;
    };

export interface AggregateAnswer {
  readonly aggregate: string;
  /** the batch that was counted */
  readonly batch: string;
  readonly minGroup: number;
  /** a group that is not listed has no rows */
  readonly cells: readonly AggregateCell[];
}

export interface FactAnswer {
  /** unknown: no row of the subject, or the field in question is empty */
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

/** Control totals of a file by its sender's own books (对账文件). */
export interface ControlTotals {
  readonly rows?: number;
  /** decimal texts, by field or by the column that the mapping makes it from */
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
  /** the outcome, for a report; absent until then */
  readonly sentence?: Bilingual;
  /** rows that were destroyed with periods that had ended */
  readonly destroyed?: number;
  /** progress while its rows are read and checked */
  readonly progress?: {
    /** bytes of the file read so far */
    readonly bytes: number;
    /** bytes of the whole file */
    readonly of: number;
    /** records read so far, bad ones included */
    readonly records: number;
    readonly bad: number;
    /** records a second */
    readonly perSecond: number;
    readonly secondsLeft?: number;
  };
  /** code of the problem that stopped it */
  readonly problem?: string;
  /** every reason why it is held or was rejected */
  readonly findings?: readonly BatchFinding[];
  /** date by which a held batch must be decided */
  readonly heldUntil?: string;
  /** the first of the two persons who release it or put it back */
  readonly proposedBy?: string;
  readonly proposedByName?: string;
  /** the person who decides a held batch, where its dataset names one */
  readonly decides?: string;
  readonly decidesName?: string;
  /** another person must decide it, and the caller is not their deputy */
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
  /** what to store: `saveExchange(folder, answer.kept)` */
  readonly kept: StoredExchange;
}

/** Why a query would be allowed or denied, field by field. */
export type Explanation = components['schemas']['Explanation'];
/** Consumers that a change of a schema affects. */
export type Touched = components['schemas']['Touched'];
