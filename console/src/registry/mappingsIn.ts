import type { Schemas } from '../api/call.ts';
import { readJson } from '../parts/readJson.ts';
import type { Spoken } from '../words/words.ts';

type Mapping = Schemas['MappingDocument'];

/** Mapping documents as a user wrote them: one, or several in an array. */
export function mappingsIn(
  text: string,
  say: Spoken['say'],
): { readonly documents: Mapping[] } | { readonly fault: string } {
  const read = readJson(text, say, 'coNotJson');
  if ('fault' in read) return read;
  const documents: unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  const odd = documents.length === 0 || documents.some((one) => typeof one !== 'object' || one === null);
  return odd ? { fault: say('coNotJson', { what: '{…}' }) } : { documents: documents as Mapping[] };
}
