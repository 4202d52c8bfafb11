import type { LifeCycle } from './lifeCycle.ts';

export type SchemaVersionState = 'draft' | 'published' | 'deprecated' | 'retired';
export type SchemaVersionAct = 'publish' | 'deprecate' | 'retire';

/** A schema version's life. New datasets bind to `published` versions only. */
export const schemaVersionLife: LifeCycle<SchemaVersionState, SchemaVersionAct> = {
  draft: { publish: 'published' },
  published: { deprecate: 'deprecated' },
  deprecated: { retire: 'retired' },
  retired: {},
};
