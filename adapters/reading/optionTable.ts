/** The options of a reader, or the operations of a mapping, as a Markdown table generated from their JSON Schema. */
import type { Language } from '../../terms/bilingual.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';

const heads: Readonly<Record<Language, string>> = {
  zh: '| 选项 | 取值 | 默认 | 含义 |\n| --- | --- | --- | --- |',
  en: '| option | values | default | meaning |\n| --- | --- | --- | --- |',
};

/** The labels are the same for each format: one list of the page has them. */
const encodings: Readonly<Record<Language, (option: JsonSchema) => string>> = {
  zh: (option) => `${special(option)}[编码](#encodings-编码)`,
  en: (option) => `${special(option)}[encodings](#encodings)`,
};

/** Labels that are not in that list. */
const special = ({ enum: labels }: JsonSchema): string =>
  (Array.isArray(labels) ? labels : [])
    .filter((label) => label === 'auto' || label === 'ebcdic')
    .map((label) => `${code(JSON.stringify(label))} `)
    .join('');

/**
 * @param schema of an object; members of list items and of inner objects follow under `name.member`
 * @param shown row of an option in a table before this one → format of that table: such options are only named
 */
export function optionTable(
  schema: JsonSchema,
  language: Language,
  shown: ReadonlyMap<string, string> = new Map(),
): string {
  const rows: string[] = [];
  const others = new Map<string, string[]>();
  for (const option of Object.entries(objectAt(schema, 'properties'))) {
    const own = rowsOf([option], '', language);
    const format = own.every((row) => shown.has(row)) ? shown.get(own[0] ?? '') : undefined;
    if (format === undefined) rows.push(...own);
    else others.set(format, [...(others.get(format) ?? []), code(option[0])]);
  }
  const table = [heads[language], ...rows].join('\n');
  if (others.size === 0) return table;
  const named = [...others].map(([format, names]) => asFor[language](names, code(format)));
  return `${table}\n\n${named.join(language === 'zh' ? '；' : '; ')}${language === 'zh' ? '。' : '.'}`;
}

const asFor: Readonly<Record<Language, (names: readonly string[], format: string) => string>> = {
  zh: (names, format) => `${names.join('、')} 同 ${format}`,
  en: (names, format) => `${names.join(', ')}: as for ${format}`,
};

/** The rows of all options of a schema. */
export const optionRows = (schema: JsonSchema, language: Language): string[] =>
  rowsOf(Object.entries(objectAt(schema, 'properties')), '', language);

function rowsOf(
  properties: readonly (readonly [string, unknown])[],
  prefix: string,
  language: Language,
): string[] {
  return properties.flatMap(([name, property]) => {
    const option = property as JsonSchema;
    const meaning = textOf(option[language === 'zh' ? 'x-zh' : 'description']);
    const fallback = option['default'] === undefined ? '' : code(JSON.stringify(option['default']));
    const values = name === 'encoding' ? encodings[language](option) : valuesOf(option);
    const row = `| ${code(prefix + name)} | ${cell(values)} | ${fallback} | ${cell(meaning)} |`;
    const inner = option['type'] === 'array' ? objectAt(option, 'items') : option;
    return [row, ...rowsOf(Object.entries(objectAt(inner, 'properties')), `${prefix}${name}.`, language)];
  });
}

function valuesOf(option: JsonSchema): string {
  if (Array.isArray(option['enum']))
    return option['enum'].map((value) => code(JSON.stringify(value))).join(' ');
  if (option['const'] !== undefined) return code(JSON.stringify(option['const']));
  if (Array.isArray(option['anyOf']))
    return option['anyOf'].map((one) => valuesOf(one as JsonSchema)).join(' / ');
  if (typeof option['$ref'] === 'string') return 'field';
  const type = Array.isArray(option['type']) ? option['type'].join(' / ') : textOf(option['type']);
  const { minimum, maximum } = option;
  const range = typeof minimum === 'number' && typeof maximum === 'number' ? ` ${minimum}–${maximum}` : '';
  return `${type}${range}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const objectAt = (schema: JsonSchema, name: string): JsonSchema => {
  const value = schema[name];
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
};

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');
