import type { JsonSchema } from '../datasetSchema.ts';
import { pointerTokens } from '../jsonSchema.ts';
import type { Target } from '../references.ts';
import { parseSchemaUrn } from '../schemaUrn.ts';

/** One type of the module: its name and the schema that it comes from. */
export interface NamedType {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly document: JsonSchema;
}

/** Names of a module's types: one schema has one name, and no two schemas share one. */
export interface TypeNames {
  readonly nameOf: (target: Target) => string;
  /** every type that was named, in the order of first mention; it grows while it is read */
  readonly named: readonly NamedType[];
}

/** @param root what the module is about, under the name that it is known by */
export function newTypeNames(root: NamedType): TypeNames {
  const named: NamedType[] = [root];
  const bySchema = new Map<JsonSchema, string>([[root.schema, root.name]]);
  const taken = new Set([root.name]);
  const nameOf = ({ schema, document, pointer }: Target): string => {
    const known = bySchema.get(schema);
    if (known !== undefined) return known;
    const foreign = document === root.document ? '' : (parseSchemaUrn(String(document['$id']))?.name ?? '');
    const wanted = typeName(`${foreign} ${placeWords(pointer)}`);
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}${number}`;
    taken.add(name);
    bySchema.set(schema, name);
    named.push({ name, schema, document });
    return name;
  };
  return { nameOf, named };
}

/** The last part of a pointer that a person has named: `/$defs/area` and `/properties/area/items` → `area`, `area items`. */
function placeWords(pointer: string): string {
  return pointerTokens(pointer)
    .filter((token, i) => i !== 0 || !/^(\$defs|properties)$/.test(token))
    .join(' ');
}

/**
 * Words → an identifier in PascalCase: `air-quality-hourly` → `AirQualityHourly`, `居民` → `居民`. Only letters that every
 * compiler takes in an identifier are kept.
 */
export function typeName(words: string): string {
  const name = words
    .split(/[^A-Za-z0-9\u3400-\u4db5\u4e00-\u9fa5]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^(\d|$)/.test(name) ? `Part${name}` : name;
}
