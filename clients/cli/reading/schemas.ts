/** `datong schema list [URN]`: the schema versions of this hub; one of them as its JSON text. */
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import { data } from '../verb.ts';
import { printList, reading, text, title, withReader, type ReaderOptions } from './reader.ts';
import { pathSegment } from '../values.ts';

interface SchemasOptions extends ReaderOptions {
  readonly name?: string;
  readonly search?: string;
}

export function register(program: Command): void {
  withReader(
    program
      .command('schemas')
      .argument('[urn]', 'one version: its JSON Schema is printed')
      .description('本枢纽的数据集标准 / the schemas of this hub'),
  )
    .option('--name <name>', 'versions of this one only')
    .option('--search <text>', 'with this in its text: a title, a field, a semantic tag, a code list')
    .addHelpText(
      'after',
      '\nExamples:\n  datong schema list\n  datong schema show urn:datong:household:1.0 > household.json\n',
    )
    .action(schemas);
}

const schemas = (urn: string | undefined, options: SchemasOptions): Promise<void> =>
  urn === undefined
    ? printSchemas(options, { name: options.name, q: options.search })
    : printSchema(urn, options);

/** Registered versions, one a line. @param query as the hub narrows by */
export const printSchemas = (
  options: ReaderOptions,
  query: Readonly<Record<string, string | undefined>>,
): Promise<void> =>
  printList(options, {
    path: '/v1/schemas',
    member: 'schemas',
    query,
    line: (item) => [
      text(item['urn']),
      translated('state', text(item['state'])),
      text(item['fields']),
      title(item['title']),
    ],
  });

/** The text of one version. */
const printSchema = (urn: string, options: ReaderOptions): Promise<void> =>
  reading(options, async (get) => {
    const found = await get(`/v1/schemas/${pathSegment(urn)}`);
    data(JSON.stringify(options.json === true ? found : found['document'], undefined, 2));
  });
