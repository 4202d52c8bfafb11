/** Writes the tables of docs/adapters.md and its Chinese twin between their marks. */
import type { Language } from '../terms/bilingual.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { formats } from '../adapters/formats.ts';
import { mappingSchema } from '../adapters/mapping/mappingSchema.ts';
import { optionRows, optionTable } from '../adapters/reading/optionTable.ts';

/** The document with every table between `<!-- options:NAME -->` and `<!-- /options -->` generated again. */
export function withOptionTables(document: string, language: Language): string {
  const field = (mappingSchema['$defs'] as { readonly field: JsonSchema }).field;
  const tables = new Map([
    ...formats.map(({ name, optionsSchema }) => [name, optionsSchema] as const),
    ['mapping', mappingSchema],
    ['field', field],
  ]);
  const shown = new Map<string, string>();
  return document.replaceAll(/<!-- options:(\w+) -->[\s\S]*?<!-- \/options -->/g, (block, name: string) => {
    const schema = tables.get(name);
    if (schema === undefined) return block;
    const table = optionTable(schema, language, shown);
    for (const row of optionRows(schema, language)) if (!shown.has(row)) shown.set(row, name);
    return `<!-- options:${name} -->\n\n${table}\n\n<!-- /options -->`;
  });
}
