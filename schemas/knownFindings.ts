import type { ErrorObject } from 'ajv';

/**
 * Cache of earlier findings by their cause: those of one schema differ only in the class of their value. A file in which every row is wrong
 * needs the same few again and again.
 */
export class KnownFindings<Finding> {
  /** by the place in the schema, then by the other distinguishing data */
  private readonly bySchemaPath = new Map<string, Map<string, KnownFinding<Finding>>>();
  private size = 0;

  get({ schemaPath }: ErrorObject, key: string): KnownFinding<Finding> | undefined {
    return this.bySchemaPath.get(schemaPath)?.get(key);
  }

  /** Keys may contain a limit from a record, so their number is unlimited. */
  keep({ schemaPath }: ErrorObject, key: string, known: KnownFinding<Finding>): void {
    if (this.size >= maxKnown) return;
    this.size += 1;
    const there = this.bySchemaPath.get(schemaPath) ?? new Map<string, KnownFinding<Finding>>();
    this.bySchemaPath.set(schemaPath, there.set(key, known));
  }
}

interface KnownFinding<Finding> {
  readonly finding: Finding;
  /** whether the class of the value includes its shape */
  readonly shape: boolean;
}

const maxKnown = 500;

/**
 * Cause of a finding about a top-level field, in addition to its place in the schema. @param part of a format that failed, '' for other
 * keywords
 */
export function findingKey({ instancePath, keyword, params }: ErrorObject, part: string): string {
  const named = params as Readonly<Record<string, unknown>>;
  const detail = named['missingProperty'] ?? named['limit'];
  const text = typeof detail === 'string' || typeof detail === 'number' ? `\u0000${detail}` : '';
  return `${instancePath}\u0000${keyword}\u0000${part}${text}`;
}

/** Whether findings of a keyword name a member of the value, so that they may differ. */
export const namesMembers = (keyword: string): boolean => memberKeywords.has(keyword);

const memberKeywords = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'dependentRequired',
  'propertyNames',
]);
