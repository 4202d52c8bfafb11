import { statSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { draftSchema, type Draft } from '../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import { data, exitCode, findingLines, say, talk, VerbFailure } from '../verb.ts';
import { readBegin, readBounded } from '../boundedFile.ts';
import { documentsSchema } from '../../../machine/documentsSchema.ts';
import { readSchema } from '../../../schemas/parse.ts';
import { sampleMapping } from '../../../adapters/newDataset/datasetDocuments.ts';
import { readTables } from '../../../adapters/newDataset/readTables.ts';
import type { Suggestion } from '../../../adapters/suggest/suggest.ts';
import { isDepartmentCode } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { hasLines, maxSampleBytes, wholeLines } from '../../../terms/sampleFile.ts';
import { draftYaml, editorsSchema } from './draftYaml.ts';

/**
 * Writes each draft to a file named after its table. Nothing is written when one of the files exists, unless `force` is set.
 * @throws VerbFailure with the existing files
 */
function writeDrafts(
  folder: string,
  drafts: readonly Draft[],
  force: boolean,
  { ending, text }: DraftForm = asJson,
): void {
  const files = fileNames(drafts.map(({ table }) => table)).map((name) => join(folder, `${name}${ending}`));
  const there = files.filter((file) => existsSync(file));
  if (there.length > 0 && !force) {
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `文件已存在，未写入：${there.join('、')}`,
        en: `not written, already there: ${there.join(', ')}`,
      },
      { zh: '换一个目录，或用 --force 覆盖', en: 'choose another folder, or replace them with --force' },
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const [place, draft] of drafts.entries())
    writeFileSync(files[place] ?? '', text(draft), { flag: force ? 'w' : 'wx' });
}

/** How a draft is written. */
interface DraftForm {
  readonly ending: string;
  readonly text: (draft: Draft) => string;
}

const asJson: DraftForm = {
  ending: '.json',
  text: ({ schema }) => `${JSON.stringify(schema, null, 2)}\n`,
};

/** `居民` for the table 居民: characters that file systems refuse become `-`, and names are unique even where case is ignored. */
function fileNames(tables: readonly string[]): string[] {
  const taken = new Set<string>();
  return tables.map((table) => {
    const plain = table
      .normalize('NFC')
      .replace(/[\p{C}\s\\/:*?"<>|]+/gu, '-')
      .replace(/^[.-]+|[.-]+$/g, '');
    const short = Array.from(plain).slice(0, 60).join('');
    const usable = short === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(short) ? `table-${short}` : short;
    let name = usable.replace(/-$/, '');
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${usable}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** bytes of a file that cannot be read in part, such as a workbook */
const maxWholeBytes = 16 * 1024 * 1024;

export function register(schema: Command): void {
  schema
    .command('draft')
    .description('由表结构或样例起草标准 / draft schemas from column lists, DDL or samples')
    .argument('<file...>', 'column list (xlsx, CSV), SQL DDL, or sample (CSV, xlsx, DBF, JSON, NDJSON)')
    .option('--json', 'drafts with confidences and reasons as JSON')
    .option('--out <dir>', 'write each draft to <dir>/<table>.json; a file that is there already is refused')
    .option(
      '--for <department>',
      'with --out: YAML for datong catalogue apply, of this department: schema, dataset and mapping',
    )
    .option('--catalogue', 'with --for: an entry of the catalogue too, to be filled in')
    .option('--sample <file>', 'with --for and one table: a file of it, from which its mapping is guessed')
    .option('--force', 'with --out: replace files')
    .addHelpText(
      'after',
      '\nExamples:\n  datong schema draft tables.sql 字段清单.xlsx --out drafts\n  datong schema draft 字段清单.xlsx --for civil --sample 六月.csv --out drafts\n',
    )
    .action(async (files: string[], options: Options) => {
      const { json, out, force } = options;
      checkOptions(options);
      const drafts: Reported[] = [];
      for (const file of files)
        for (const table of await tablesOf(file)) {
          const taken = new Set(drafts.map(({ schema: document }) => nameOf(document)));
          drafts.push({ file, ...draftSchema(table, shippedSurroundings, taken) });
        }
      if (out !== undefined && options.for !== undefined)
        await writeForApply(out, drafts, options.for, options);
      else if (out !== undefined) writeDrafts(out, drafts, force === true);
      if (json === true) data(JSON.stringify({ drafts }));
      else if (out === undefined)
        for (const { schema: document } of drafts) data(JSON.stringify(document, null, 2));
      drafts.forEach(report);
    });
}

interface Options {
  readonly json?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly for?: string;
  readonly sample?: string;
  readonly catalogue?: boolean;
}

/** @throws VerbFailure usage for options that need others, or an invalid department name */
function checkOptions({ out, for: department, sample, catalogue, force }: Options): void {
  if (force === true && out === undefined)
    throw new VerbFailure(exitCode.usage, { zh: '--force 与 --out 同用', en: '--force goes with --out' });
  if (department === undefined ? sample !== undefined || catalogue === true : out === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--for 与 --out 同用，--sample、--catalogue 与 --for 同用',
      en: '--for goes with --out, --sample and --catalogue with --for',
    });
  if (department !== undefined && !isDepartmentCode(department))
    throw new VerbFailure(exitCode.usage, {
      zh: '--for 须为部门代码，如 civil',
      en: '--for is the code of a department, such as civil',
    });
}

/** One YAML file for each table, with the JSON Schema by which editors check it. */
async function writeForApply(
  out: string,
  drafts: readonly Reported[],
  department: string,
  { sample, force, catalogue }: Options,
): Promise<void> {
  if (sample !== undefined && drafts.length !== 1)
    throw new VerbFailure(exitCode.usage, {
      zh: `--sample 只用于一张表，这里有 ${drafts.length} 张`,
      en: `--sample goes with one table; here are ${drafts.length}`,
    });
  const [first] = drafts;
  const readable = first !== undefined && first.findings.length === 0;
  if (sample !== undefined && !readable)
    throw new VerbFailure(
      exitCode.refused,
      {
        zh: '草稿还有待改之处，不能据样例推测映射',
        en: 'correct the draft before a mapping is suggested from a sample',
      },
      {
        zh: '不加 --sample 起草，改好标准后用 datong batch map suggest',
        en: 'draft without --sample, correct the schema, then use datong batch map suggest',
      },
    );
  const suggestions = new Map<Draft, Suggestion>();
  for (const draft of drafts) {
    const suggestion = await mappingOf(draft, drafts, sample);
    if (suggestion !== undefined) suggestions.set(draft, suggestion);
  }
  writeDrafts(out, drafts, force === true, {
    ending: '.yaml',
    text: (draft) => draftYaml(draft, department, suggestions.get(draft), catalogue === true),
  });
  writeFileSync(join(out, editorsSchema), documentsSchema());
  talk({
    zh: `读、改之后登记：datong catalogue apply ${out}/….yaml`,
    en: `check and correct them, then register: datong catalogue apply ${out}/….yaml`,
  });
}

/** From the file that was named for it, else from the file itself where that contains rows and not a list of columns. */
async function mappingOf(
  draft: Reported,
  drafts: readonly Reported[],
  sample: string | undefined,
): Promise<Suggestion | undefined> {
  if (draft.findings.length > 0 || (sample === undefined && draft.source !== 'sample')) return undefined;
  const ofSheet = drafts.filter(({ file }) => file === draft.file).length > 1;
  return sampleMapping(
    sampleOf(sample ?? draft.file),
    readSchema(draft.schema, shippedSurroundings.resolve),
    shippedSurroundings,
    sample === undefined && ofSheet ? { sheet: draft.table } : {},
  );
}

/** A draft and the file it comes from. */
type Reported = Draft & { readonly file: string };

function nameOf(document: Readonly<Record<string, unknown>>): string {
  return String(document['$id']).split(':')[2] ?? 'draft';
}

/** One line for each field: the certainty, and the reason; before them the parts that could not be read. */
function report({ file, table, source, fields, findings, doubts }: Reported): void {
  talk(
    `${file}  ${table} (${source}): ${fields.length} ${say({ zh: '个字段', en: 'fields' })}, ${findings.length} ${say({ zh: '处待改', en: 'to correct' })}`,
  );
  for (const doubt of doubts) talk(`  !     ${say(doubt)}`);
  for (const { field, confidence, reasons } of fields)
    talk(`  ${confidence.toFixed(2)}  ${field}  ${reasons.map(say).join('; ')}`);
}

const isInPart = (file: string): boolean => hasLines(file) && statSync(file).size > maxSampleBytes;

/** The part of a file that is read for a draft: of a long text the first whole lines, as in the console. @throws VerbFailure for a file that is too large */
export function sampleOf(file: string): Buffer {
  if (isInPart(file)) {
    const begin = wholeLines(readBegin(file, maxSampleBytes));
    if (begin !== undefined) return begin;
  } else if (statSync(file).size <= maxWholeBytes) return readBounded(file, maxWholeBytes);
  throw new VerbFailure(exitCode.refused, {
    zh: `${file} 超过 16 MiB，或一行超过 4 MiB，请截取样例`,
    en: `${file} is larger than 16 MiB, or its first line than 4 MiB: give a sample of it`,
  });
}

/** Every table of a file. @throws VerbFailure for a file that is too large, or from which nothing can be drafted */
export async function tablesOf(file: string): Promise<readonly Table[]> {
  const bytes = sampleOf(file);
  if (isInPart(file))
    talk({
      zh: `${file} 超过 4 MiB，只按开头起草`,
      en: `${file} is longer than 4 MiB: the draft is made from its beginning`,
    });
  try {
    const { tables, doubts } = await readTables(basename(file, extname(file)), bytes);
    for (const doubt of doubts) talk(doubt);
    return tables;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'sample_unfit') throw error;
    const { text, next, extras } = error;
    throw new VerbFailure(
      exitCode.refused,
      { zh: `${file}：${text.zh}`, en: `${file}: ${text.en}` },
      next,
      findingLines(extras.findings ?? []),
    );
  }
}
