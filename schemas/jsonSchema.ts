import type { JsonSchema } from './datasetSchema.ts';
import { isObject } from '../terms/isObject.ts';

/** Whether a value is a schema object (and neither `true`, `false`, an array nor null). */
export const isSchemaObject: (value: unknown) => value is JsonSchema = isObject;

/** One step further down a JSON pointer. */
export function pointerTo(pointer: string, token: string | number): string {
  return `${pointer}/${typeof token === 'number' ? token : escapeToken(token)}`;
}

/** A token as it is written in a JSON pointer (RFC 6901 §3). */
export const escapeToken = (token: string): string =>
  /[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;

/** The token that is written so in a JSON pointer (RFC 6901 §4). */
export const unescapeToken = (escaped: string): string => escaped.replaceAll('~1', '/').replaceAll('~0', '~');

/** The unescaped tokens of a JSON pointer. */
export function pointerTokens(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer.slice(1).split('/').map(unescapeToken);
}

/** The value at a JSON pointer inside a document; undefined where there is none. Own members only. */
export function atPointer(document: unknown, pointer: string): unknown {
  let place: unknown = document;
  for (const token of pointerTokens(pointer)) {
    if (Array.isArray(place)) {
      const items: readonly unknown[] = place;
      place = /^(0|[1-9]\d*)$/.test(token) ? items[Number(token)] : undefined;
    } else if (isSchemaObject(place) && Object.hasOwn(place, token)) {
      place = place[token];
    } else {
      return undefined;
    }
  }
  return place;
}

/** The types that a schema's `type` names; undefined where it has no such keyword. */
export function typesOf(schema: JsonSchema): readonly string[] | undefined {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((name): name is string => typeof name === 'string') : undefined;
}

/** The own members of a keyword whose value is a map of schemas (`properties`, `$defs`, …). */
export function schemasOf(value: unknown): [string, unknown][] {
  return isSchemaObject(value) ? Object.entries(value) : [];
}
