/** Where a catalogue entry (目录条目) stands. Only `published` and `deprecated` datasets answer calls. */
export type DatasetState =
  'draft' | 'submitted' | 'approved' | 'published' | 'suspended' | 'deprecated' | 'retired';

/** Whether rows may leave. */
export const releases = (state: DatasetState): boolean => state === 'published' || state === 'deprecated';
/** Whether rows may come in. */
export const receives = (state: DatasetState): boolean => state === 'approved' || releases(state);
