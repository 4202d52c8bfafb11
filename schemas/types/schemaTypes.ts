/** TypeScript types of a schema. The generator writes the whole module: names, texts and values of a steward are always quoted in it. */
import type { DatasetSchema, JsonSchema } from '../datasetSchema.ts';
import { resolveReference, type Target } from '../references.ts';
import { layOut, type TypeText } from './layOut.ts';
import { commentOf, commentText } from './typeComment.ts';
import { typeText } from './typeText.ts';
import { pointerTokens } from '../jsonSchema.ts';
import { parseSchemaUrn } from '../schemaUrn.ts';

/**
 * The source text of one module that exports the record's type, in PascalCase of the schema's name (`HouseholdRecord`), and a type
 * for every part that a `$ref` names. Titles become comments; schemas named by URN are bundled.
 */
export function schemaTypes(
  schema: Pick<DatasetSchema, 'name' | 'title' | 'urn' | 'document' | 'references'>,
): string {
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
    declarations.push(declaration(own, part, typeText(part, nameOf)));
  }
  const title = commentText(`${schema.title.zh} / ${schema.title.en}`);
  return `/** ${title}: generated from ${schema.urn}, do not edit. */\n\n${declarations.join('\n')}`;
}

function declaration(name: NamedType['name'], schema: JsonSchema, type: TypeText): string {
  const comment = commentOf(schema);
  const said = comment === '' ? '' : `/** ${comment} */\n`;
  const alone = type.binds === 'one' && type.text.startsWith('{\n');
  const head = alone ? `export interface ${name}` : `export type ${name} =`;
  return `${said}${head}${layOut(type, head.length)}${alone ? '' : ';'}\n`;
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
