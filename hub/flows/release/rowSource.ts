import type { Permission, FilterTerm } from '../../../policies/decision.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import type { ColumnPage } from '../rows/store/rowsByColumn.ts';

export interface Page {
  readonly rows: readonly FetchedRow[];
  /** the same rows by column, for a page of many rows */
  readonly columns?: ColumnPage;
  readonly nextCursor: string | undefined;
  /** of versions of a row: each page depends on the row as it is now */
  readonly history?: RowOfVersions;
  /** returns the cursor after one of these rows; undefined where no row can follow */
  readonly cursorAfter?: (row: FetchedRow) => string;
}

export interface RowOfVersions {
  /** the row as it is now: without consent to read it, no version leaves */
  readonly current: FetchedRow;
  /** the last version of the previous page, if the caller may read it: the first version of this page is compared with it */
  readonly before: FetchedRow | undefined;
  /** returns the cursor after the page; undefined where no version follows. @param last the last version that the caller may read */
  readonly cursorAfterReading: (last: FetchedRow | undefined) => string | undefined;
}

/**
 * Where the rows of one call come from: tables of the hub (hostedRows.ts), or their provider (liveRows.ts). Every other step of the flow
 * is the same.
 */
export interface RowSource {
  /** One page under a permission: its row filter and the caller's terms are combined with AND. @throws Problem */
  page(query: Query, permission: Permission): Promise<Page>;
  /** Applies the refusals of `page` where no row is needed: no row is read and no provider is asked. @throws Problem as `page` */
  refuse(query: Query, permission: Permission): Promise<void> | void;
  /** the provider's signed statements on the rows received so far; the entry commits to them. Empty for rows that the hub stores */
  readonly given: readonly GivenStatement[];
  /**
   * further notes for the entry: `provider-unsigned` where rows came without the provider's signature, `provider-cached` where some of
   * them were received by an earlier call
   */
  readonly notes: readonly string[];
  /** Unix ms: time of the provider's answer, where the agreement allows it to be older than the call */
  readonly asOf?: number | undefined;
}

/** A provider's signed statement on its answer to one question. */
export interface GivenStatement {
  /**
   * of a connector: compact JWS over exchange, question and the SHA-256 of the answer. Of a service: JSON of both signed heads, or of the
   * hub's own statement where the service does not sign
   */
  readonly statement: string;
  /** dropped rows, by reason */
  readonly dropped: Readonly<Record<string, number>>;
}

type Notes = { readonly notes?: readonly string[] };

/** Adds the notes of the row source to the entry's facts. */
export const noted = <T extends Notes>(facts: T, { notes }: Pick<RowSource, 'notes'>): T | (T & Notes) =>
  notes.length === 0 ? facts : { ...facts, notes: [...(facts.notes ?? []), ...notes] };

/** The age of the answer's rows, where they may be older than the call. */
export const dated = ({ asOf }: Pick<RowSource, 'asOf'>): { readonly asOf?: string } =>
  asOf === undefined ? {} : { asOf: new Date(asOf).toISOString() };

/** `Query` of openapi.yaml, already validated. */
export interface Query {
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
  readonly latest?: true;
  /** RFC 3339; `latest` up to this time */
  readonly asOf?: string;
  /** versions of the one row that the filter names */
  readonly history?: true;
}
