import type { Schemas } from '../api/call.ts';

/** Names of the fields that `x-primary-key` points to. */
export function primaryKeyOf(document: Schemas['SharedSchema']): readonly string[] {
  const pointers: unknown = document['x-primary-key'];
  if (!Array.isArray(pointers)) return [];
  return pointers.map((pointer) =>
    String(pointer).replace(/^\//, '').replaceAll('~1', '/').replaceAll('~0', '~'),
  );
}
