import type { JsonSchema } from '../datasetSchema.ts';
import { bilingualOf } from '../readFields.ts';

/**
 * A schema's own description as one line of a block comment. A steward writes the texts. They must not end the comment, be read as a
 * compiler directive (`@ts-ignore`) or reorder the reviewer's display (bidirectional marks).
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
