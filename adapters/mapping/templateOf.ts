/** Template of an empty file for a mapping: its columns in the order of the schema, and the permitted words of each column. */
import type { DatasetSchema, JsonSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { CodeEntry } from '../../schemas/codelists/codeList.ts';
import { codeListIdOf, type CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { CompiledMapping } from './compile.ts';
import type { FieldSpec } from './document.ts';

export interface TemplateColumn {
  readonly header: string;
  /** of the first field that it fills */
  readonly title: { readonly zh: string; readonly en: string };
  readonly required: boolean;
  /** the permitted words, where they are few */
  readonly choices?: readonly string[];
}

export interface Template {
  /** line of the header, from 1 */
  readonly headerRow: number;
  readonly sheet: string | undefined;
  readonly columns: readonly TemplateColumn[];
}

/** Maximum number of choices: longer lists are typed in. */
const maxChoices = 500;
const written: readonly string[] = ['csv', 'xlsx'];

/**
 * Undefined where the mapping does not read a table with one line of headings: other formats, several or no lines of headings, columns by
 * number. A mapping that reads CSV has a template too: a spreadsheet program can save it as CSV.
 */
export function templateOf(
  { format, options, fields, document }: CompiledMapping,
  schema: DatasetSchema,
  codeLists: CodeLists,
): Template | undefined {
  if (!written.includes(format)) return undefined;
  const { headerRows, sheet, columns: named } = options as Readonly<Record<string, unknown>>;
  const [headerRow, second] = headerRows as readonly number[];
  if (headerRow === undefined || second !== undefined || typeof sheet === 'number') return undefined;
  const found = fieldColumns(fields, codeLists);
  if (found === undefined) return undefined;
  const blank = (header: string): TemplateColumn => ({
    header,
    title: { zh: header, en: header },
    required: false,
  });
  for (const { from } of document.skipIf ?? [])
    if (typeof from === 'string' && !found.has(from)) found.set(from, blank(from));
  if (found.size === 0) return undefined;
  const order = Array.isArray(named) ? (named as readonly string[]) : [];
  const rest = [...found.keys()].filter((header) => !order.includes(header));
  return {
    headerRow,
    sheet: typeof sheet === 'string' ? sheet : undefined,
    columns: [...order, ...rest].map((header) => found.get(header) ?? blank(header)),
  };
}

/** The columns that fill fields, by header; undefined where a field names one by number. */
function fieldColumns(
  fields: CompiledMapping['fields'],
  codeLists: CodeLists,
): Map<string, TemplateColumn> | undefined {
  const found = new Map<string, TemplateColumn>();
  for (const { target, spec } of fields) {
    const own = columnsOf(spec);
    for (const header of own) {
      if (typeof header === 'number') return undefined;
      if (found.has(header)) continue;
      const choices = own.length === 1 ? choicesOf(spec, target, codeLists) : undefined;
      found.set(header, {
        header,
        title: target.title,
        required: target.required && spec.default === undefined,
        ...(choices === undefined || choices.length > maxChoices ? {} : { choices }),
      });
    }
  }
  return found;
}

/** Columns from which a field is built, by name or number, each once. */
function columnsOf({ from, join = [], when = [], else: otherwise }: FieldSpec): readonly (string | number)[] {
  const all = [
    ...(from === undefined ? [] : [from]),
    ...join,
    ...when.flatMap((one) => [one.from, ...columnsOf(one.use)]),
    ...(otherwise === undefined ? [] : columnsOf(otherwise)),
  ];
  return [...new Set(all)];
}

/** Whether a mapping names a column: for a field, or to omit a record. @param place from 1 */
export function namesColumn(
  { fields, document }: Pick<CompiledMapping, 'fields' | 'document'>,
  name: string,
  place: number,
): boolean {
  const named = [
    ...fields.flatMap(({ spec }) => columnsOf(spec)),
    ...(document.skipIf ?? []).map(({ from }) => from),
  ];
  return named.some((one) => one === name || one === place);
}

function choicesOf(
  { code, boolean: words }: FieldSpec,
  { schema }: SchemaField,
  codeLists: CodeLists,
): readonly string[] | undefined {
  if (words !== undefined) return [...words.true.slice(0, 1), ...words.false.slice(0, 1)];
  if (typeof code === 'object') return Object.keys(code);
  if (typeof code === 'string') {
    const [id = '', version] = code.split('@');
    return namesIn(codeLists.list(id, version)?.entries ?? []);
  }
  const { enum: values, 'x-code': reference } = schema;
  if (Array.isArray(values)) return values.filter((one) => one !== null).map(String);
  const list = (reference as JsonSchema | undefined)?.['list'];
  if (typeof list !== 'string') return undefined;
  return codeLists.few(codeListIdOf(list))?.map((one) => one.code);
}

/** The name of each code; the code itself where two share a name. */
function namesIn(entries: readonly CodeEntry[]): readonly string[] {
  const count = new Map<string, number>();
  for (const { zh } of entries) count.set(zh, (count.get(zh) ?? 0) + 1);
  return entries.map(({ code, zh }) => (count.get(zh) === 1 ? zh : code));
}
