import type { ErrorObject } from 'ajv';

/**
 * Findings that were made before, by what they are about: those of one schema differ by nothing but the class of their value. A file of
 * which every row is wrong asks for the same few again and again.
 */
export class KnownFindings<Finding> {
  /** by the place in the schema, then by what else tells them apart */
  private readonly bySchemaPath = new Map<string, Map<string, KnownFinding<Finding>>>();
  private size = 0;

  get({ schemaPath }: ErrorObject, key: string): KnownFinding<Finding> | undefined {
    return this.bySchemaPath.get(schemaPath)?.get(key);
  }

  /** Keys may hold a limit that a record names, so that there is no end to them. */
  keep({ schemaPath }: ErrorObject, key: string, known: KnownFinding<Finding>): void {
    if (this.size >= maxKnown) return;
    this.size += 1;
    const there = this.bySchemaPath.get(schemaPath) ?? new Map<string, KnownFinding<Finding>>();
    this.bySchemaPath.set(schemaPath, there.set(key, known));
  }
}

interface KnownFinding<Finding> {
  readonly finding: Finding;
  /** whether the class of the value tells its shape */
  readonly shape: boolean;
}

const maxKnown = 500;

/** What a finding about a top-level field is about, beside its place in the schema. @param part of a format that failed, '' for other keywords */
export function findingKey({ instancePath, keyword, params }: ErrorObject, part: string): string {
  const named = params as Readonly<Record<string, unknown>>;
  const detail = named['missingProperty'] ?? named['limit'];
  const text = typeof detail === 'string' || typeof detail === 'number' ? `\u0000${detail}` : '';
  return `${instancePath}\u0000${keyword}\u0000${part}${text}`;
}

/** Whether findings of a keyword name a member of the value, so that each may be another. */
export const namesMembers = (keyword: string): boolean => memberKeywords.has(keyword);

const memberKeywords = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'dependentRequired',
  'propertyNames',
]);
