/** `datong adapt`: any readable file → NDJSON records, or rows of a schema, without a hub. */
import { Option, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { formats } from '../../../adapters/formats.ts';
import { overLimit, type Totals } from '../../../adapters/limits.ts';
import { compileMapping, type CompiledMapping } from '../../../adapters/mapping/compile.ts';
import type { Beside } from '../../../adapters/reader.ts';
import { compileSchema, type CompiledSchema } from '../../../schemas/compile.ts';
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { exitCode, say, talk, VerbFailure } from '../verb.ts';
import { adaptedRecords, adaptedRows, adaptFile } from './adaptFile.ts';
import { LineSink } from './lineSink.ts';
import { knowCodeLists, mappingFrom } from './mappingFrom.ts';
import { ProgressBar } from './progressBar.ts';
import { preview } from './preview.ts';
import { openInput } from './readInput.ts';
import { readReaderOptions } from './readReaderOptions.ts';

interface AdaptOptions {
  readonly format?: string;
  readonly options?: string;
  readonly mapping?: string;
  readonly schema?: string;
  readonly codeLists?: string;
  readonly problems?: string;
  readonly memo?: string;
  readonly preview?: boolean;
}

export function register(program: Command): void {
  program
    .command('adapt')
    .description(
      '读取任一已知格式的文件：输出 NDJSON 记录，有映射时输出数据行 / read a file of any known format: NDJSON records, or rows when mapped',
    )
    .argument('<file>', 'file to read, - for standard input')
    .addOption(
      new Option('--format <name>', 'format of the file').choices(formats.map((format) => format.name)),
    )
    .option('--options <file>', 'reader options, JSON')
    .option(
      '--mapping <file>',
      'mapping document, JSON; or the YAML with Schema and Mapping that apply takes',
    )
    .option(
      '--schema <file-or-name>',
      'schema that the mapping fills: a file, or a shared one such as household@1',
    )
    .option('--code-lists <file>', 'code lists of your own, YAML as apply takes them')
    .option('--problems <file>', 'write problems as NDJSON {line, column, header, field, rule, got}')
    .option('--memo <file>', 'memo file beside a DBF (.dbt, .fpt)')
    .option('--preview', 'only look at the first records; for host files with the bytes of every field')
    .option('--json', 'problems on stderr as NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  datong adapt city.csv                                     records of a GBK or UTF-8 file
  datong adapt host.bin --format copybook --options layout.json --preview
  datong adapt household.csv --mapping m.json --schema household@1 --problems bad.ndjson > rows.ndjson
  datong adapt host.bin --mapping dataset.yaml --code-lists regions.yaml
  cat obs.txt | datong adapt - --format fixed --options layout.json | head

Exit: 0 all records read, 1 some were not (see --problems), 4 the file cannot be opened.`,
    )
    .action(async (file: string, options: AdaptOptions & { readonly json?: boolean }) => {
      await adapt(file, options, options.json === true);
    });
}

async function adapt(file: string, options: AdaptOptions, json: boolean): Promise<void> {
  const mapped = await mappingOf(options);
  const format = options.format ?? mapped?.mapping.format ?? formatOfName(file);
  if (format === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '须给出 --format 或 --mapping',
      en: 'give --format or --mapping',
    });
  }
  const readerOptions = (await optionsOf(options)) ?? {};
  const beside: Beside = options.memo === undefined ? {} : { memo: await readFile(options.memo) };
  const input = await openInput(file);
  if (options.preview === true) {
    await preview(input, { format, options: mapped?.mapping.options ?? readerOptions, beside, json });
    return;
  }
  const batches =
    mapped === undefined
      ? adaptedRecords(input.chunks, format, readerOptions, beside)
      : adaptedRows(input.chunks, mapped.mapping, mapped.schema, beside);

  const bar = new ProgressBar(input.size);
  const rows = new LineSink();
  const problems = options.problems === undefined ? undefined : new LineSink(options.problems);
  const report = new ProblemReport(problems, json);
  const totals = await adaptFile(batches, {
    row: (line) => rows.add(line),
    problem: (problem, severity) => report.add(problem, severity),
    batchDone: async (soFar) => {
      await rows.flush();
      await problems?.flush();
      bar.update(input.position(), soFar.records);
    },
  });
  bar.clear();
  await rows.end();
  await problems?.end();
  report.finish();
  tellTotals(totals, mapped?.mapping);
  process.exitCode = totals.bad > 0 ? exitCode.refused : exitCode.ok;
}

/** By the ending of the file's name, where there can be no doubt. */
function formatOfName(file: string): string | undefined {
  const ending = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const known: Readonly<Record<string, string>> = {
    csv: 'csv',
    tsv: 'csv',
    dbf: 'dbf',
    xml: 'xml',
    xlsx: 'xlsx',
    hl7: 'hl7',
    json: 'json',
    ndjson: 'json',
    jsonl: 'json',
  };
  return known[ending];
}

async function mappingOf(
  options: AdaptOptions,
): Promise<{ readonly mapping: CompiledMapping; readonly schema: CompiledSchema } | undefined> {
  if (options.mapping === undefined) return undefined;
  if (options.codeLists !== undefined) knowCodeLists(options.codeLists);
  const { document, schema } = await mappingFrom(options.mapping, options.schema);
  return {
    mapping: compileMapping(withOptions(document, options, await optionsOf(options)), schema),
    schema: compileSchema(schema),
  };
}

const optionsOf = async ({ options }: AdaptOptions): Promise<unknown> =>
  options === undefined ? undefined : await readReaderOptions(options);

/** Format and options of the command line go before those of the mapping. */
function withOptions(document: unknown, { format }: AdaptOptions, readerOptions: unknown): unknown {
  if (
    typeof document !== 'object' ||
    document === null ||
    (format === undefined && readerOptions === undefined)
  )
    return document;
  const { source } = document as { readonly source?: object };
  return {
    ...document,
    source: {
      ...source,
      ...(format === undefined ? {} : { format }),
      ...(readerOptions === undefined ? {} : { options: readerOptions }),
    },
  };
}

/** Problems to a file, or the first of them to stderr. */
class ProblemReport {
  private readonly sink: LineSink | undefined;
  private readonly json: boolean;
  private readonly byRule = new Map<string, number>();
  private shown = 0;

  constructor(sink: LineSink | undefined, json: boolean) {
    this.sink = sink;
    this.json = json;
  }

  add(problem: RowProblem, severity: 'error' | 'warning'): void {
    const key = problem.header === '' ? problem.rule : `${problem.rule} ${problem.header}`;
    this.byRule.set(key, (this.byRule.get(key) ?? 0) + 1);
    if (this.sink !== undefined) this.sink.add(problemLine(problem, severity));
    else if (this.json) talk(problemLine(problem, severity));
    else if (this.shown < 20) {
      this.shown += 1;
      talk(sentence(problem));
    }
  }

  finish(): void {
    if (this.json || this.byRule.size === 0) return;
    for (const [rule, count] of [...this.byRule].sort((a, b) => b[1] - a[1]))
      talk(`${String(count).padStart(8)}  ${rule}`);
  }
}

const problemLine = (problem: RowProblem, severity: 'error' | 'warning'): string =>
  JSON.stringify(severity === 'warning' ? { ...problem, severity } : problem);

const sentence = ({ line, column, header, got, message }: RowProblem): string => {
  const zh = `第 ${line} 行${column > 0 ? `第 ${column} 列` : ''}${header === '' ? '' : `“${header}”`}：${message.zh}（${got}）`;
  const en = `line ${line}${column > 0 ? `, column ${column}` : ''}${header === '' ? '' : ` "${header}"`}: ${message.en} (${got})`;
  return say({ zh, en });
};

function tellTotals(totals: Totals, mapping: CompiledMapping | undefined): void {
  const { records, rows, bad, skipped } = totals;
  talk({
    zh: `共 ${records} 条 = 通过 ${rows} + 问题 ${bad} + 跳过 ${skipped}`,
    en: `${records} records = ${rows} good + ${bad} bad + ${skipped} skipped`,
  });
  const limit = mapping === undefined ? undefined : overLimit(totals, mapping);
  if (limit !== undefined) {
    talk({
      zh: `超过映射的上限 ${limit}：枢纽会将整批暂挂`,
      en: `over the mapping's ${limit}: a hub would hold this batch`,
    });
  }
}
