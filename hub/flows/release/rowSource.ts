import type { Permission, FilterTerm } from '../../../policies/decision.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import type { ColumnPage } from '../rows/store/rowsByColumn.ts';

export interface Page {
  readonly rows: readonly FetchedRow[];
  /** the same rows as they came, of a page of many */
  readonly columns?: ColumnPage;
  readonly nextCursor: string | undefined;
  /** where a call that stops behind one of these rows goes on; undefined where nothing can be behind it */
  readonly cursorAfter?: (row: FetchedRow) => string;
}

/** Where the rows of one call come from: tables of the hub (hostedRows.ts), or their provider (liveRows.ts). Everything else of the walk is the same. */
export interface RowSource {
  /** One page under a permission: its row filter and the caller's own terms, ANDed. @throws Problem */
  page(query: Query, permission: Permission): Promise<Page>;
  /** Refuses what a page is refused for, where no row is wanted: none is read and no provider is asked. @throws Problem as `page` */
  refuse(query: Query, permission: Permission): Promise<void> | void;
  /** what their provider signed of the rows that came so far; the entry commits to it. None of rows that the hub holds */
  readonly given: readonly GivenStatement[];
  /**
   * what the entry says of them beside: `provider-unsigned` where they came without a signature of their provider, `provider-cached` where
   * some of them were given to an earlier call
   */
  readonly notes: readonly string[];
  /** Unix ms: how old their provider's word is, where the agreement lets it be older than the call */
  readonly asOf?: number | undefined;
}

/** What a provider signed of what it gave to one question. */
export interface GivenStatement {
  /**
   * of a connector: compact JWS over exchange, question and the SHA-256 of what was given. Of a service: JSON of both signed heads, or of
   * the hub's own word where the service does not sign
   */
  readonly statement: string;
  /** rows that were left out, by reason */
  readonly dropped: Readonly<Record<string, number>>;
}

type Notes = { readonly notes?: readonly string[] };

/** What the entry says of an answer, with what it says of where the rows came from. */
export const noted = <T extends Notes>(facts: T, { notes }: Pick<RowSource, 'notes'>): T | (T & Notes) =>
  notes.length === 0 ? facts : { ...facts, notes: [...(facts.notes ?? []), ...notes] };

/** What the answer says of how old its rows are, where they may be older than the call. */
export const dated = ({ asOf }: Pick<RowSource, 'asOf'>): { readonly asOf?: string } =>
  asOf === undefined ? {} : { asOf: new Date(asOf).toISOString() };

/** `Query` of openapi.yaml; it has been validated. */
export interface Query {
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
  readonly latest?: true;
  /** RFC 3339; `latest` up to here */
  readonly asOf?: string;
}
