/** Messages between the hub and the page-masking thread: one answer for each question, in order. */
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
  /** the fields of a CSV line; undefined where each record leaves as a JSON object */
  readonly csv: readonly string[] | undefined;
  /** columns of the cells, in their order */
  readonly columns: readonly Pick<Column, 'field' | 'kind' | 'nullable'>[];
  /** lists registered in the hub, which the thread does not know; equal digests mean equal lists */
  readonly codeLists: { readonly digest: string; readonly lists: readonly CodeList[] };
  readonly pseudonym: KeyObject;
  /** key of the subject tokens: the key of a year */
  readonly tokens: KeyObject;
}

export interface PageQuestion {
  /** the task, or the number of one that was sent before */
  readonly task: PageTask | number;
  /** tasks sent before will not be used again */
  readonly forget: boolean;
  /** JSON arrays, one a column */
  readonly texts: readonly string[];
  /** rows of the page */
  readonly length: number;
  /** elements of each array, which may be longer than the page */
  readonly held: number;
  /** its subjects, concatenated */
  readonly subjects: Uint8Array;
  /** Unix milliseconds of the decision */
  readonly now: number;
}

/** A page as it leaves. */
export interface MaskedLines {
  /** its lines */
  readonly bytes: Uint8Array;
  readonly typeErrors: number;
  /** log tokens of its subjects, concatenated */
  readonly subjects: Uint8Array;
}

export type PageAnswer =
  /** the thread has begun */
  | { readonly ready: true }
  | { readonly answer: MaskedLines }
  | { readonly refused: { readonly code: string; readonly facts: object; readonly extras: object } }
  | { readonly failed: string };
