import type { ErrorObject } from 'ajv';

/**
 * Findings that were made before, by what they are about: those of one schema differ by nothing but the class of their value. A file of
 * which every row is wrong asks for the same few again and again.
 */
export class KnownFindings<Finding> {
  private readonly byKey = new Map<string, KnownFinding<Finding>>();

  get(key: string): KnownFinding<Finding> | undefined {
    return this.byKey.get(key);
  }

  /** Keys may hold a limit that a record names, so that there is no end to them. */
  keep(key: string, known: KnownFinding<Finding>): void {
    if (this.byKey.size < mostKnown) this.byKey.set(key, known);
  }
}

interface KnownFinding<Finding> {
  readonly finding: Finding;
  /** whether the class of the value tells its shape */
  readonly shape: boolean;
}

const mostKnown = 500;

/** What a finding about a top-level field is about. @param part of a format that failed, '' for other keywords */
export function findingKey({ instancePath, schemaPath, keyword, params }: ErrorObject, part: string): string {
  const named = params as Readonly<Record<string, unknown>>;
  const detail = named['missingProperty'] ?? named['limit'];
  const text = typeof detail === 'string' || typeof detail === 'number' ? String(detail) : '';
  return [instancePath, schemaPath, keyword, part, text].join('\u0000');
}

/** Whether findings of a keyword name a member of the value, so that each may be another. */
export const namesMembers = (keyword: string): boolean => memberKeywords.has(keyword);

const memberKeywords = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'dependentRequired',
  'propertyNames',
]);
