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
export const leastSunset = 90;
