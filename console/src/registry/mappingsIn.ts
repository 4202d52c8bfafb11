import type { Schemas } from '../api/call.ts';

type Mapping = Schemas['MappingDocument'];

/** Mapping documents as a user wrote them: one, or several in an array. */
export function mappingsIn(text: string): { readonly documents: Mapping[] } | { readonly fault: string } {
  try {
    const read: unknown = JSON.parse(text);
    const documents: unknown[] = Array.isArray(read) ? read : [read];
    const odd = documents.length === 0 || documents.some((one) => typeof one !== 'object' || one === null);
    return odd ? { fault: '{…}' } : { documents: documents as Mapping[] };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : '' };
  }
}
