import { createReadStream, statSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { isSchemaObject } from '../../../schemas/jsonSchema.ts';
import { JsonFault, readJson } from '../../../schemas/readJson.ts';
import { compareSchemas } from '../../../schemas/subset/compare.ts';
import { modes, type Comparison, type Mode } from '../../../schemas/subset/comparison.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { SchemaFault } from '../../../schemas/subset/judge.ts';
import { linesOf } from '../linesOf.ts';
import { data, exitCode, say, talk, VerbFailure, dataLines } from '../verb.ts';
import { readJsonFile, surroundingsOf } from './schemaFiles.ts';
import type { Change } from '../../../schemas/subset/changes.ts';
import { escapeLine } from '../../../terms/controlText.ts';
import { styled, terminalColumns } from '../output.ts';
import { padTo, textWidth } from '../printedText.ts';
import { counted } from '../../../terms/counted.ts';

interface Options {
  readonly mode: Mode;
  readonly lint: boolean;
  readonly json?: boolean;
  readonly batch?: string;
  readonly with?: string[];
}

export function register(schema: Command): void {
  schema
    .command('diff')
    .description('比较两个版本是否兼容 / prove whether two versions are compatible')
    .argument('[old...]', 'OLD NEW; with more than two, NEW against every earlier one (transitive)')
    .addOption(new Option('--mode <mode>', 'which way must hold').choices([...modes]).default('BACKWARD'))
    .option('--no-lint', 'read any draft from 07 on, regardless of the profile')
    .option('--json', 'the comparison as JSON')
    .option('--batch <file>', 'NDJSON lines {id, old, new, mode}: one answer a line')
    .option('--with <file...>', 'schemas that they refer to by URN')
    .addHelpText(
      'after',
      '\nExamples:\n  datong schema diff household-1.0.json household-1.1.json\n  datong schema diff 1.0.json 1.1.json 1.2.json --mode FULL --json',
    )
    .action(async (files: string[], options: Options) => {
      if (options.batch === undefined) await diff(files, options);
      else await diffLines(options.batch, options);
    });
}

interface Version {
  readonly file: string;
  readonly document: unknown;
}

/** The comparison of a version with the newest one. `against`: the file of the version */
type FileComparison = { readonly against: string } & Comparison;

/** Compares the last file with each of the others. */
async function diff(files: readonly string[], options: Options): Promise<void> {
  const newFile = files.at(-1);
  if (files.length < 2 || newFile === undefined)
    throw new VerbFailure(exitCode.usage, { zh: '需要旧、新两个文件', en: 'two files are needed: OLD NEW' });
  const read = (file: string): Version => ({ file, document: readJsonFile(file) });
  const oldVersions = files.slice(0, -1).map(read);
  const newVersion = read(newFile);
  const surroundings = surroundingsOf(options.with ?? []);
  if (options.lint)
    for (const version of [...oldVersions, newVersion]) await refuseOutsideProfile(version, surroundings);
  const comparisons: FileComparison[] = [];
  for (const version of oldVersions)
    comparisons.push(await compare(version, newVersion, options.mode, surroundings));
  const compatible = comparisons.every((one) => one.compatible);
  if (options.json === true) data(JSON.stringify(jsonOf(comparisons, compatible, options.mode)));
  else for (const comparison of comparisons) printComparison(comparison);
  process.exitCode = compatible ? exitCode.ok : exitCode.refused;
}

/** The output of `--json`. A single comparison has no wrapper. */
function jsonOf(comparisons: readonly FileComparison[], compatible: boolean, mode: Mode): object {
  const against = comparisons.map((one) => one.against);
  const [only, ...others] = comparisons;
  return only !== undefined && others.length === 0
    ? { ...only, against }
    : { compatible, mode, against, comparisons };
}

async function refuseOutsideProfile({ file, document }: Version, surroundings: Surroundings): Promise<void> {
  const { lintSchema } = await import('../../../schemas/lint/lintSchema.ts');
  const findings = lintSchema(document, surroundings);
  const [first] = findings;
  if (first === undefined) return;
  const path = first.path === '' ? '/' : first.path;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `${file} 有 ${findings.length} 处不符合规范，第一处 ${path}：${first.message.zh}（${first.code}）`,
      en: `${file} breaks the profile in ${counted(findings.length, 'place')}, first at ${path}: ${first.message.en} (${first.code})`,
    },
    {
      zh: '先运行 datong schema lint；或用 --no-lint 只作比较',
      en: 'run datong schema lint first, or compare with --no-lint',
    },
  );
}

async function compare(
  oldVersion: Version,
  newVersion: Version,
  mode: Mode,
  surroundings: Surroundings,
): Promise<FileComparison> {
  try {
    const comparison = await compareSchemas(oldVersion.document, newVersion.document, mode, { surroundings });
    return { against: oldVersion.file, ...comparison };
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    const path = error.pointer === '' ? '/' : error.pointer;
    throw new VerbFailure(exitCode.refused, {
      zh: `${oldVersion.file} 与 ${newVersion.file} 无法比较：${path} ${error.text.zh}（${error.code}）`,
      en: `${oldVersion.file} and ${newVersion.file} cannot be compared: ${path} ${error.text.en} (${error.code})`,
    });
  }
}

/** Prints one answer for each line `{id, old, new, mode}`. A line that cannot be read or compared gets an error as its answer. */
async function diffLines(file: string, options: Options): Promise<void> {
  statSync(file);
  let line = 0;
  let refused = false;
  const surroundings = surroundingsOf(options.with ?? []);
  for await (const text of linesOf(createReadStream(file))) {
    line += 1;
    if (text.trim() === '') continue;
    const answer = await answerLine(text, line, options.mode, surroundings);
    refused ||= answer['compatible'] !== true;
    data(JSON.stringify(answer));
  }
  talk(say({ zh: `共 ${line} 行`, en: counted(line, 'line') }));
  process.exitCode = refused ? exitCode.refused : exitCode.ok;
}

async function answerLine(
  text: string,
  line: number,
  defaultMode: Mode,
  surroundings: Surroundings,
): Promise<Readonly<Record<string, unknown>>> {
  let id: unknown = line;
  try {
    const pair = readJson(text, 256);
    if (isSchemaObject(pair)) id = pair['id'] ?? line;
    if (!isSchemaObject(pair) || !('old' in pair) || !('new' in pair)) {
      return refusal(id, 'line_malformed', '', {
        zh: '应为 {id, old, new, mode}',
        en: 'should be {id, old, new, mode}',
      });
    }
    const named = pair['mode'];
    const mode = named === undefined ? defaultMode : modes.find((one) => one === named);
    if (mode === undefined)
      return refusal(id, 'mode_unknown', '', { zh: '没有这种比较方式', en: 'there is no such mode' });
    return { id, ...(await compareSchemas(pair['old'], pair['new'], mode, { surroundings, tries: 120 })) };
  } catch (error) {
    if (error instanceof SchemaFault) return refusal(id, error.code, error.pointer, error.text);
    if (error instanceof JsonFault) return refusal(id, error.code, '', error.text);
    throw error;
  }
}

function refusal(
  id: unknown,
  code: string,
  path: string,
  reason: { zh: string; en: string },
): Readonly<Record<string, unknown>> {
  return { id, compatible: false, error: { code, path, reason } };
}

/** A text that is cut or padded to a number of columns. */
function fitted(text: string, columns: number): string {
  let cut = '';
  for (const point of text) {
    if (textWidth(cut + point) > columns - 1) return `${cut}…`;
    cut += point;
  }
  return padTo(cut, columns);
}

/** Prints the verdict, the changes, the approvals that they need and a counter-example. */
function printComparison(comparison: FileComparison): void {
  const { compatible, mode, against, changes, policy } = comparison;
  const verdict = compatible
    ? styled('green', say({ zh: `兼容（${mode}）`, en: `compatible (${mode})` }))
    : styled('red', say({ zh: `不兼容（${mode}）`, en: `not compatible (${mode})` }));
  data([verdict, `  ${say({ zh: '对照', en: 'against' })} ${escapeLine(against)}`]);
  for (const change of changes) printChange(change, mode);
  for (const one of policy)
    dataLines([`! ${one.path}  ${show(one.from)} → ${show(one.to)}  ${say(one.reason)}`]);
  if ('witness' in comparison) {
    data(`${say({ zh: '反例：', en: 'counter-example: ' })}${JSON.stringify(comparison.witness)}`);
  }
}

function printChange(change: Change, mode: Comparison['mode']): void {
  const breaks = (mode !== 'FORWARD' && !change.backward) || (mode !== 'BACKWARD' && !change.forward);
  const mark = breaks ? styled('red', '✗') : styled('green', '✓');
  const sign = (holds: boolean): string => (holds ? '✓' : '✗');
  const backward = `${say({ zh: '旧数据', en: 'old data' })} ${sign(change.backward)}`;
  const forward = `${say({ zh: '旧读者', en: 'old readers' })} ${sign(change.forward)}`;
  data([
    mark,
    ` ${change.path === '' ? '/' : escapeLine(change.path)}  `,
    styled('dim', `${change.code}  ${backward}  ${forward}`),
  ]);
  const columns = Math.max(24, Math.floor((terminalColumns() - 8) / 2));
  if (change.from !== undefined || change.to !== undefined) {
    data([
      '    ',
      styled('red', fitted(`- ${show(change.from)}`, columns)),
      styled('green', fitted(`+ ${show(change.to)}`, columns).trimEnd()),
    ]);
  }
  dataLines([`    ${say(change.reason)}`]);
}

function show(value: unknown): string {
  return value === undefined ? '—' : escapeLine(typeof value === 'string' ? value : JSON.stringify(value));
}
