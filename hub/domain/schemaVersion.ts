import type { LifeCycle } from './lifeCycle.ts';

export type SchemaVersionState = 'draft' | 'inReview' | 'published' | 'deprecated' | 'retired';
export type SchemaVersionAct = 'submit' | 'return' | 'publish' | 'deprecate' | 'retire';

/**
 * The life of a schema version. New datasets bind to `published` versions only, and no dataset remains under a `retired` one.
 * hub/registry/store obeys it.
 */
export const schemaVersionLife: LifeCycle<SchemaVersionState, SchemaVersionAct> = {
  draft: { submit: 'inReview' },
  inReview: { return: 'draft', publish: 'published' },
  published: { deprecate: 'deprecated' },
  deprecated: { retire: 'retired' },
  retired: {},
};

/** States of versions that were published: others may refer to them, and are compared with them. */
export const publishedStates: readonly SchemaVersionState[] = ['published', 'deprecated', 'retired'];

/** Minimum of days from a deprecation to the last day of a version. */
export const minSunset = 90;

/* A version that breaks earlier ones of its major and is published nevertheless: what it breaks, and the result for stored rows. */

/** The result of validating one dataset's stored rows against a version: numbers and positions, never values. */
export interface Examined {
  readonly dataset: string;
  /** rows that were examined, the first ones stored */
  readonly rows: number;
  /** whether these are all of them */
  readonly whole: boolean;
  /** of these, rows that are not valid */
  readonly failing: number;
  /** where and by which rule, most rows first */
  readonly problems: readonly { readonly pointer: string; readonly rule: string; readonly rows: number }[];
}

export interface SchemaWaiver {
  readonly reason: string;
  /** urn of the version whose text it restores */
  readonly restores?: string;
  /** what it breaks: position in the text, code, urn of the version compared with */
  readonly breaks: readonly { readonly pointer: string; readonly code: string; readonly against: string }[];
  readonly evidence: readonly Examined[];
}

/** Minor numbers of versions of one major that are not compared with each other, because a break between them was approved. */
export const waivedBetween = (
  older: number,
  newer: number,
  versions: readonly { readonly minor: number; readonly waived: boolean }[],
): boolean => versions.some(({ minor, waived }) => waived && older < minor && minor <= newer);

/** Whether more stored rows fail than were reported to the approvers. */
export const outgrown = (reported: readonly Examined[], now: readonly Examined[]): boolean =>
  now.some(
    ({ dataset, failing }) => failing > (reported.find((one) => one.dataset === dataset)?.failing ?? 0),
  );
