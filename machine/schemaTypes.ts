/** TypeScript types of a schema, by `json-schema-to-typescript` over a schema without foreign texts (`plainSchema.ts`). */
import { compile } from 'json-schema-to-typescript';
import type { DatasetSchema, JsonSchema } from '../schemas/datasetSchema.ts';
import { pointerTokens } from '../schemas/jsonSchema.ts';
import { resolveReference, type Target } from '../schemas/references.ts';
import { parseSchemaUrn } from '../schemas/schemaUrn.ts';
import { plainSchema } from '../schemas/types/plainSchema.ts';
import { commentText } from '../schemas/types/typeComment.ts';

/**
 * The source text of one module that exports the record's type, in PascalCase of the schema's name (`HouseholdRecord`), and a type
 * for every part that a `$ref` names. Titles become comments; schemas named by URN are bundled.
 */
export async function schemaTypes(
  schema: Pick<DatasetSchema, 'name' | 'title' | 'urn' | 'document' | 'references'>,
): Promise<string> {
  const { document, references = [] } = schema;
  const name = `${typeName(schema.name)}Record`;
  const byUrn = new Map(references.map((other) => [String(other['$id']), other]));
  const names = newTypeNames({ name, schema: document, document });
  const declarations: string[] = [];
  for (const { name: own, schema: part, document: home } of names.named) {
    const nameOf = (reference: string): string => {
      const target = resolveReference(reference, home, (urn) => byUrn.get(urn));
      return target === undefined ? 'unknown' : names.nameOf(target);
    };
    declarations.push(await declaration(own, plainSchema(part, nameOf)));
  }
  const title = commentText(`${schema.title.zh} / ${schema.title.en}`);
  return `/** ${title}: generated from ${schema.urn}, do not edit. */\n\n${declarations.join('\n')}`;
}

/** `additionalProperties` of an object is always given by `plainSchema`. */
const options = {
  bannerComment: '',
  unknownAny: true,
  style: { printWidth: 110, singleQuote: true, trailingComma: 'all' },
} as const;

/**
 * One exported type. The library removes letters that are not Latin from names, so it compiles under another name, which is replaced
 * afterwards. Invisible characters occur in quoted texts only, and are written as escapes.
 */
async function declaration(name: string, plain: JsonSchema): Promise<string> {
  const text = await compile(plain, 'Declared', options);
  return text
    .replace(/^export (interface|type) Declared\b/m, (_, kind: string) => `export ${kind} ${name}`)
    .replace(/\/\*\*\n *\* (.*)\n *\*\//g, '/** $1 */')
    .replace(/[^\P{C}\n]|[\u2028\u2029]/gu, escaped);
}

/** The UTF-16 units of a character as `\\uXXXX`. */
function escaped(point: string): string {
  return Array.from(
    { length: point.length },
    (_, i) => `\\u${point.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** One type of the module: its name and the schema that it comes from. */
interface NamedType {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly document: JsonSchema;
}

/** Names of a module's types: one schema has one name, and no two schemas share one. */
interface TypeNames {
  readonly nameOf: (target: Target) => string;
  /** every named type, in the order of first mention; it grows while it is read */
  readonly named: readonly NamedType[];
}

/** @param root the module's main type, with its known name */
function newTypeNames(root: NamedType): TypeNames {
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
 * Converts words to an identifier in PascalCase: `air-quality-hourly` → `AirQualityHourly`, `居民` → `居民`. It retains only letters that every
 * compiler accepts in an identifier.
 */
function typeName(words: string): string {
  const name = words
    .split(/[^A-Za-z0-9\u3400-\u4db5\u4e00-\u9fa5]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^(\d|$)/.test(name) ? `Part${name}` : name;
}
