import type { JsonSchema } from '../datasetSchema.ts';
import { bilingualOf } from '../readFields.ts';

/**
 * What a schema says of itself as one line of a block comment. The texts are a steward's: nothing in them may end the comment, be read as a
 * directive of the compiler (`@ts-ignore`) or reorder what a reviewer sees (bidirectional marks).
 */
export function commentOf(schema: JsonSchema): string {
  const { description, format, title } = schema;
  const both = bilingualOf(schema['x-title']);
  const parts = [
    both === undefined ? title : `${both.zh} / ${both.en}`,
    description,
    typeof format === 'string' ? `format: ${format}` : undefined,
    typeof schema['x-unit'] === 'string' ? `unit: ${schema['x-unit']}` : undefined,
  ];
  return commentText(
    parts.filter((part): part is string => typeof part === 'string' && part !== '').join('; '),
  );
}

/** A text inside a block comment, on one line. */
export function commentText(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll('*/', '*∕')
    .replaceAll('@', '＠')
    .trim();
}
