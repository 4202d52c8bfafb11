/** TypeScript types of a schema. Everything in the module is written here: names, texts and values of a steward never stand in it unquoted. */
import type { DatasetSchema, JsonSchema } from '../datasetSchema.ts';
import { resolveReference } from '../references.ts';
import { layOut, type TypeText } from './layOut.ts';
import { commentOf, commentText } from './typeComment.ts';
import { newTypeNames, typeName, type NamedType } from './typeNames.ts';
import { typeText } from './typeText.ts';

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
