/** `datong batch adapt`: any readable file → NDJSON records, or rows of a schema, without a hub. */
import { classInChinese } from '../../../terms/rowProblem.ts';
import { Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { formatNamed, formats, refuseUnusedOptions } from '../../../adapters/formats.ts';
import { noTotals, overLimit, rowsInDoubt, type Totals } from '../../../adapters/limits.ts';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import { compileNewMapping, type CompiledMapping } from '../../../adapters/mapping/compile.ts';
import type { CompanionFiles } from '../../../adapters/reading/reader.ts';
import { compileSchema, type CompiledSchema } from '../../../schemas/compile.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { exitCode, say, talk, VerbFailure } from '../verb.ts';
import { adaptedRecords, adaptedRows, adaptFile, type Severity } from './adaptFile.ts';
import { LineSink } from './lineSink.ts';
import { codeListsIn, mappingFrom } from './mappingFrom.ts';
import { ProgressBar } from './progressBar.ts';
import { preview } from './preview.ts';
import { openInput, readReaderOptions } from './readInput.ts';
import { refuseUnusedFlags, type GivenFlags } from './unusedFlags.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

interface AdaptOptions extends GivenFlags {
  readonly format?: string;
  readonly options?: string;
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
    .option('--problems <file>', 'write problems as NDJSON {line, column, header, field, rule, got, message}')
    .option('--memo <file>', 'memo file of a DBF (.dbt, .fpt)')
    .option(
      '--strict',
      'doubted records are problems; the default with a mapping that does not say otherwise',
    )
    .option('--no-strict', 'deliver doubted records, report and count them; the default without a mapping')
    .option('--preview', 'only look at the first records; for host files with the bytes of every field')
    .option('--json', 'problems on stderr as NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  datong batch adapt city.csv                                     records of a GBK or UTF-8 file
  datong batch adapt host.bin --format copybook --options layout.json --preview
  datong batch adapt household.csv --mapping m.json --schema household@1 --problems bad.ndjson > rows.ndjson
  datong batch adapt host.bin --mapping dataset.yaml --code-lists regions.yaml
  cat obs.txt | datong batch adapt - --format fixed --options layout.json | head

Exit: 0 all records read, 1 some were not (see --problems) or the file, its reader options or the mapping were refused, 2 no format is known or an option of the command line has no effect, 4 the file cannot be opened.`,
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
  const usedOptions = mapped?.mapping.options ?? readerOptions;
  refuseUnusedFlags(options, format, usedOptions);
  if (mapped === undefined) refuseUnusedOptions(formatNamed(format), readerOptions);
  const companions = await companionFiles(file, options.memo);
  const input = await openInput(file);
  if (options.preview === true) {
    await preview(input, { format, options: usedOptions, companions, json });
    return;
  }
  const batches =
    mapped === undefined
      ? adaptedRecords(input.chunks, format, readerOptions, companions, options.strict === true)
      : adaptedRows(input.chunks, mapped.mapping, mapped.schema, companions);

  const bar = new ProgressBar(input.size);
  const rows = new LineSink();
  const problems = options.problems === undefined ? undefined : new LineSink(options.problems);
  const report = new ProblemReport(problems, json, countsRecords(format, usedOptions));
  let totalsSoFar = noTotals;
  const totals = await adaptFile(batches, {
    row: (line) => rows.add(line),
    problem: (problem, severity) => report.add(problem, severity),
    batchDone: async (soFar) => {
      await rows.flush();
      await problems?.flush();
      totalsSoFar = soFar;
      bar.update(input.position(), soFar.records);
    },
  }).catch(async (error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    bar.clear();
    await rows.end();
    await problems?.end();
    report.finish();
    printRefused(totalsSoFar);
    throw error;
  });
  bar.clear();
  await rows.end();
  await problems?.end();
  report.finish();
  printTotals(totals, mapped?.mapping);
  process.exitCode = totals.bad > 0 ? exitCode.refused : exitCode.ok;
}

/** The files next to a DBF: its memo file where one is named, and the .cpg file of the same name where it exists. */
async function companionFiles(file: string, memo: string | undefined): Promise<CompanionFiles> {
  const table = /^(.*)\.dbf$/i.exec(file)?.[1];
  const named = ['.cpg', '.CPG'].map((ending) => `${table ?? ''}${ending}`);
  const cpg = table === undefined ? undefined : named.find((path) => existsSync(path));
  return {
    ...(memo === undefined ? {} : { memo: await readFile(memo) }),
    ...(cpg === undefined ? {} : { codePage: await readFile(cpg) }),
  };
}

/** Whether a place in a file of the format is the number of a record, because there are no lines. */
const countsRecords = (format: string, options: unknown): boolean =>
  format === 'copybook' || format === 'dbf' || (options as { lineEnds?: unknown }).lineEnds === false;

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
  const surroundings = surroundingsWith(
    options.codeLists === undefined ? [] : codeListsIn(options.codeLists),
  );
  const { document, schema } = await mappingFrom(options.mapping, options.schema, surroundings);
  const mapping = compileNewMapping(
    withOptions(document, options, await optionsOf(options)),
    schema,
    surroundings.codeLists,
  );
  const doubts = options.strict === undefined ? mapping.doubts : options.strict ? 'refuse' : 'tell';
  return {
    mapping: { ...mapping, doubts },
    schema: compileSchema(schema, surroundings),
  };
}

const optionsOf = async ({ options }: AdaptOptions): Promise<unknown> =>
  options === undefined ? undefined : await readReaderOptions(options);

/** Format and options of the command line replace those of the mapping. */
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
      ...defined({ format, options: readerOptions }),
    },
  };
}

/** Writes problems to the file of --problems. Without one: all of them to stderr with --json, else the first 20, and counts by rule. */
class ProblemReport {
  private readonly sink: LineSink | undefined;
  private readonly json: boolean;
  private readonly countsRecords: boolean;
  private readonly byRule = new Map<string, number>();
  private shown = 0;

  /** @param countsRecords the places of the format are records, not lines */
  constructor(sink: LineSink | undefined, json: boolean, countsRecords: boolean) {
    this.sink = sink;
    this.json = json;
    this.countsRecords = countsRecords;
  }

  add(problem: RowProblem, severity: Severity): void {
    const key = problem.header === '' ? problem.rule : `${problem.rule} ${problem.header}`;
    this.byRule.set(key, (this.byRule.get(key) ?? 0) + 1);
    if (this.sink !== undefined) this.sink.add(problemLine(problem, severity));
    else if (this.json) talk(problemLine(problem, severity));
    else if (this.shown < 20) {
      this.shown += 1;
      talk(sentence(problem, severity, this.countsRecords));
    }
  }

  finish(): void {
    if (this.json || this.byRule.size === 0) return;
    for (const [rule, count] of [...this.byRule].sort((a, b) => b[1] - a[1]))
      talk(`${String(count).padStart(8)}  ${rule}`);
  }
}

const problemLine = (problem: RowProblem, severity: Severity): string =>
  JSON.stringify(severity === 'error' ? problem : { ...problem, severity });

const severityLabels: Readonly<Record<Severity, Bilingual>> = {
  error: { zh: '', en: '' },
  doubt: { zh: '存疑：', en: 'in doubt: ' },
  warning: { zh: '警告：', en: 'warning: ' },
};

const sentence = (problem: RowProblem, severity: Severity, countsRecords: boolean): string => {
  const { line, column, header, got, message } = problem;
  // line 0: problems of the whole file
  const zhLine = line === 0 ? '整份文件' : `第 ${line} ${countsRecords ? '条' : '行'}`;
  const enLine = line === 0 ? 'the whole file' : `${countsRecords ? 'record' : 'line'} ${line}`;
  const zh = `${severityLabels[severity].zh}${zhLine}${column > 0 ? `第 ${column} 列` : ''}${header === '' ? '' : `“${header}”`}：${message.zh}（${classInChinese(got)}）`;
  const en = `${severityLabels[severity].en}${enLine}${column > 0 ? `, column ${column}` : ''}${header === '' ? '' : ` "${header}"`}: ${message.en} (${got})`;
  return say({ zh, en });
};

/** Totals of the records read before a file was refused; the output is void. */
function printRefused(totals: Totals): void {
  if (totals.records === 0) return;
  printTotals(totals, undefined);
  talk({
    zh: `文件在读完以上记录之后被拒绝：已输出的 ${totals.rows} 条作废，请勿使用`,
    en: `the file was refused after these records: the ${totals.rows} already written are void, do not use them`,
  });
}

function printTotals(totals: Totals, mapping: CompiledMapping | undefined): void {
  const { records, rows, bad, skipped } = totals;
  const doubted = rowsInDoubt(totals);
  talk({
    zh: `共 ${records} 条 = 通过 ${rows} + 问题 ${bad} + 跳过 ${skipped}${doubted === 0 ? '' : `；通过的记录中 ${doubted} 条存疑`}`,
    en: `${counted(records, 'record')} = ${rows} good + ${bad} bad + ${skipped} skipped${doubted === 0 ? '' : `; ${doubted} of the good ones in doubt`}`,
  });
  const over = mapping === undefined ? undefined : overLimit(totals, mapping);
  if (over !== undefined) {
    const limit = `${over.limit} = ${over.allowed}`;
    talk({
      zh: `超过映射的上限 ${limit}：枢纽会将整批搁置`,
      en: `over the mapping's ${limit}: a hub would hold this batch`,
    });
  }
}
