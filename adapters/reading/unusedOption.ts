/**
 * Options of a reader that change nothing next to the others: a reader of the document would take them for enforced. Options of a mapping
 * that is registered or tried, and of a command, have none. Stored mappings of earlier releases may have some, and are read as before.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

export interface UnusedOption {
  /** JSON pointer into the options */
  readonly path: string;
  readonly why: Bilingual;
}

/** Options with defaults, by name. */
type Options = Readonly<Record<string, unknown>>;

/**
 * Whether an option is set: given, and not its default written out.
 * @param options validated, defaults filled in
 */
export function isSet(options: object, schema: JsonSchema, name: string): boolean {
  const property = (schema['properties'] as Readonly<Record<string, JsonSchema>>)[name] ?? {};
  return differs((options as Options)[name], property);
}

function differs(value: unknown, property: JsonSchema): boolean {
  if (value === undefined) return false;
  const { default: fallback, properties } = property;
  if (typeof fallback !== 'object' || fallback === null || Array.isArray(fallback))
    return JSON.stringify(value) !== JSON.stringify(fallback);
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>).some(([name, member]) =>
    differs((value as Options)[name], member),
  );
}
