/** Whether a field of a computed dataset accepts every value of the field that it is copied from. Pure. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { canonicalText } from '../../schemas/readJson.ts';

/** Keywords that accept and refuse nothing. The types are compared elsewhere. */
const notes = new Set([
  ...['title', 'description', '$comment', 'examples', 'default', 'type'],
  ...['x-title', 'x-description', 'x-sensitivity', 'x-personal', 'x-class'],
]);
/** Of these the greater number accepts more, */
const upper = new Set(['maxLength', 'maximum', 'exclusiveMaximum']);
/** and of these the smaller one. */
const lower = new Set(['minLength', 'minimum', 'exclusiveMinimum']);

/** Each constraint of `to` is one of `from`, the same or narrower there. */
export const acceptsAll = (to: JsonSchema, from: JsonSchema): boolean =>
  Object.entries(to).every(
    ([keyword, value]) => notes.has(keyword) || isWider(keyword, value, from[keyword]),
  );

function isWider(keyword: string, to: unknown, from: unknown): boolean {
  if (from === undefined) return false;
  if (typeof to === 'number' && typeof from === 'number') {
    if (upper.has(keyword)) return to >= from;
    if (lower.has(keyword)) return to <= from;
  }
  if (keyword === 'enum' && Array.isArray(to) && Array.isArray(from)) {
    const accepted = new Set(to.map(canonicalText));
    return from.every((value) => accepted.has(canonicalText(value)));
  }
  return canonicalText(to) === canonicalText(from);
}
