import { isSchemaObject } from '../jsonSchema.ts';

/** A JSON value as a literal type. Invisible characters are written as escapes. */
export function literalType(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literalType).join(', ')}]`;
  if (isSchemaObject(value)) {
    const members = Object.entries(value).map(([name, one]) => `${memberName(name)}: ${literalType(one)}`);
    return members.length === 0 ? '{ [name: string]: never }' : `{ ${members.join('; ')} }`;
  }
  return JSON.stringify(value);
}

/** The name of a member: bare where it is clearly an identifier, otherwise a quoted text. */
function memberName(name: string): string {
  return /^[A-Za-z$_][\w$]*$/.test(name) ? name : quoted(name);
}

function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replace(/[\p{C}\u2028\u2029]/gu, escaped)}'`;
}

/** The UTF-16 units of a character as `\\uXXXX`. */
export function escaped(point: string): string {
  return Array.from(
    { length: point.length },
    (_, i) => `\\u${point.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
