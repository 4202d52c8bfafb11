/** What the hub asks of the thread that masks pages, and what it answers: one answer a question, in order. */
import type { KeyObject } from 'node:crypto';
import type { FieldGrant, Permission } from '../../../../policies/decision.ts';
import type { CodeList } from '../../../../schemas/codelists/codeList.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { Column } from '../../../domain/rowTable/layout.ts';

/** How pages under one plan are masked; can be sent to another thread. */
export interface PageTask {
  /** unique among those of the thread */
  readonly id: number;
  readonly schema: DatasetSchema;
  readonly plan: Pick<Permission['plan'], 'consumer' | 'principal'>;
  readonly fields: readonly FieldGrant[];
  readonly maskTypeErrors: number | undefined;
  /** the fields of a line of CSV; undefined where each record leaves as a JSON object */
  readonly csv: readonly string[] | undefined;
  /** of the cells, in their order */
  readonly columns: readonly Pick<Column, 'field' | 'kind' | 'nullable'>[];
  /** lists registered in the hub, which another thread does not know; equal digests, equal lists */
  readonly codeLists: { readonly digest: string; readonly lists: readonly CodeList[] };
  readonly pseudonym: KeyObject;
  /** of the persons' tokens: the key of a year */
  readonly tokens: KeyObject;
}

export interface PageQuestion {
  /** the number of one that was sent before */
  readonly task: PageTask | number;
  /** nothing that was sent before will be asked for again */
  readonly forget: boolean;
  /** JSON arrays, one a column */
  readonly texts: readonly string[];
  /** rows of the page */
  readonly length: number;
  /** elements of each array, which may be longer than the page */
  readonly held: number;
  /** of its persons, one behind the other */
  readonly subjects: Uint8Array;
  /** Unix milliseconds of the decision */
  readonly now: number;
}

/** A page as it leaves. */
export interface MaskedLines {
  /** its lines */
  readonly bytes: Uint8Array;
  readonly typeErrors: number;
  /** log tokens of its persons, one behind the other */
  readonly subjects: Uint8Array;
}

export type PageAnswer =
  /** the thread has begun */
  | { readonly ready: true }
  | { readonly answer: MaskedLines }
  | { readonly refused: { readonly code: string; readonly facts: object; readonly extras: object } }
  | { readonly failed: string };
