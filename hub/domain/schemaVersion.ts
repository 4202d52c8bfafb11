import type { LifeCycle } from './lifeCycle.ts';

export type SchemaVersionState = 'draft' | 'inReview' | 'published' | 'deprecated' | 'retired';
export type SchemaVersionAct = 'submit' | 'return' | 'publish' | 'deprecate' | 'retire';

/** The life of a schema version. New datasets bind to `published` versions only; nobody's is left under a `retired` one. hub/registry/store obeys it. */
export const schemaVersionLife: LifeCycle<SchemaVersionState, SchemaVersionAct> = {
  draft: { submit: 'inReview' },
  inReview: { return: 'draft', publish: 'published' },
  published: { deprecate: 'deprecated' },
  deprecated: { retire: 'retired' },
  retired: {},
};

/** Those that were published: others may refer to them, and are held against them. */
export const publishedStates: readonly SchemaVersionState[] = ['published', 'deprecated', 'retired'];

/** Days from a deprecation to the last day of a version, at least. */
export const minSunset = 90;

/** A version that breaks earlier ones of its major and is published nevertheless: what it breaks, and what stored rows said to that. */

/** What a version says of the stored rows of one dataset: numbers and places, never values. */
export interface Examined {
  readonly dataset: string;
  /** rows that were looked at, the first ones stored */
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
  /** what it breaks: place in the text, code, urn of the version compared with */
  readonly breaks: readonly { readonly pointer: string; readonly code: string; readonly against: string }[];
  readonly evidence: readonly Examined[];
}

/** Of versions of one major, by their minor numbers: those between which something was broken knowingly are not held against one another. */
export const waivedBetween = (
  older: number,
  newer: number,
  versions: readonly { readonly minor: number; readonly waived: boolean }[],
): boolean => versions.some(({ minor, waived }) => waived && older < minor && minor <= newer);

/** Whether more stored rows fail than those who agreed were told. */
export const outgrown = (reported: readonly Examined[], now: readonly Examined[]): boolean =>
  now.some(
    ({ dataset, failing }) => failing > (reported.find((one) => one.dataset === dataset)?.failing ?? 0),
  );
