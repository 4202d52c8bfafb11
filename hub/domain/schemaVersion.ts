/** Where a schema version stands. New datasets bind to `published` versions only. */
export type SchemaVersionState = 'draft' | 'published' | 'deprecated' | 'retired';
