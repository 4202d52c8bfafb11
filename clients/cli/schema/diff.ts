import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Option, type Command } from 'commander';
import { isSchemaObject } from '../../../schemas/jsonSchema.ts';
import { JsonFault, readJson } from '../../../schemas/readJson.ts';
import { compareSchemas } from '../../../schemas/subset/compare.ts';
import { modes, type Comparison, type Mode } from '../../../schemas/subset/comparison.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { SchemaFault } from '../../../schemas/subset/judge.ts';
import { data, exitCode, say, talk, VerbFailure, currentLanguage, dataLines } from '../verb.ts';
import { readJsonFile, surroundingsOf } from './schemaFiles.ts';
import type { Change } from '../../../schemas/subset/changes.ts';
import { escapeLine } from '../../../terms/controlText.ts';
import { styled, terminalColumns } from '../output.ts';
import { padTo, textWidth } from '../printedText.ts';

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
    .option('--no-lint', 'read any draft from 07 on, whatever the profile says')
    .option('--json', 'the comparison as JSON')
    .option('--batch <file>', 'NDJSON lines {id, old, new, mode}: one answer a line')
    .option('--with <file...>', 'schemas that they refer to by URN')
    .addHelpText(
      'after',
      '\nExamples:\n  datong schema diff household-1.0.json household-1.1.json\n  datong schema diff 1.0.json 1.1.json 1.2.json --mode FULL --json',
    )
    .action(async (files: string[], options: Options) => {
      if (options.batch !== undefined) await batch(options.batch, options);
      else await diff(files, options);
    });
}

async function diff(files: readonly string[], options: Options): Promise<void> {
  const fresh = files.at(-1);
  if (files.length < 2 || fresh === undefined) {
    throw new VerbFailure(exitCode.usage, { zh: '需要旧、新两个文件', en: 'two files are needed: OLD NEW' });
  }
  const documents = files.map((file) => ({ file, document: readJsonFile(file) }));
  if (options.lint)
    for (const { file, document } of documents) await refuseOutsideProfile(file, document, options);
  const latest = documents.at(-1);
  const answers: (Comparison & { readonly against: string })[] = [];
  for (const { file, document } of documents.slice(0, -1)) {
    answers.push({ against: file, ...(await compared(file, fresh, document, latest?.document, options)) });
  }
  const compatible = answers.every((answer) => answer.compatible);
  const [only] = answers;
  if (options.json !== true) for (const answer of answers) printComparison(answer);
  else if (answers.length === 1 && only !== undefined)
    data(JSON.stringify({ ...only, against: [only.against] }));
  else
    data(
      JSON.stringify({
        compatible,
        mode: options.mode,
        against: answers.map(({ against }) => against),
        comparisons: answers,
      }),
    );
  process.exitCode = compatible ? exitCode.ok : exitCode.refused;
}

async function refuseOutsideProfile(file: string, document: unknown, options: Options): Promise<void> {
  const { lintSchema } = await import('../../../schemas/lint/lintSchema.ts');
  const findings = lintSchema(document, surroundingsOf(options.with ?? []));
  const [first] = findings;
  if (first === undefined) return;
  const path = first.path === '' ? '/' : first.path;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `${file} 有 ${findings.length} 处不符合规范，第一处 ${path}：${first.message.zh}（${first.code}）`,
      en: `${file} breaks the profile in ${findings.length} places, first at ${path}: ${first.message.en} (${first.code})`,
    },
    {
      zh: '先运行 datong schema lint；或用 --no-lint 只作比较',
      en: 'run datong schema lint first, or compare with --no-lint',
    },
  );
}

async function compared(
  oldName: string,
  newName: string,
  old: unknown,
  fresh: unknown,
  options: Options,
): Promise<Comparison> {
  try {
    return await compareSchemas(old, fresh, options.mode, {
      surroundings: surroundingsOf(options.with ?? []),
    });
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    throw new VerbFailure(exitCode.refused, {
      zh: `${oldName} 与 ${newName} 无法比较：${error.pointer === '' ? '/' : error.pointer} ${error.text.zh}（${error.code}）`,
      en: `${oldName} and ${newName} cannot be compared: ${error.pointer === '' ? '/' : error.pointer} ${error.text.en} (${error.code})`,
    });
  }
}

/** Answers each line `{id, old, new, mode}`; a line that cannot be read or compared is answered with an error and not with silence. */
async function batch(file: string, options: Options): Promise<void> {
  statSync(file);
  let line = 0;
  let refused = false;
  const surroundings = surroundingsOf(options.with ?? []);
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const answer = await answerLine(text, line, options.mode, surroundings);
    refused ||= answer['compatible'] !== true;
    data(JSON.stringify(answer));
  }
  talk(say({ zh: `共 ${line} 行`, en: `${line} lines` }));
  process.exitCode = refused ? exitCode.refused : exitCode.ok;
}

async function answerLine(
  text: string,
  line: number,
  fallback: Mode,
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
    const mode =
      modes.find((one) => one === pair['mode']) ?? (pair['mode'] === undefined ? fallback : undefined);
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

function cell(text: string, columns: number): string {
  let cut = '';
  for (const point of text) {
    if (textWidth(cut + point) > columns - 1) return `${cut}…`;
    cut += point;
  }
  return padTo(cut, columns);
}

/** Prints the comparison: verdict, the changes old and new side by side with both directions, the approvals needed, a counter-example. */
function printComparison(comparison: Comparison & { readonly against: string }): void {
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
  const yes = (holds: boolean): string => (holds ? '✓' : '✗');
  const label = currentLanguage() === 'zh' ? ['旧数据', '旧读者'] : ['old data', 'old readers'];
  data([
    mark,
    ` ${change.path === '' ? '/' : escapeLine(change.path)}  `,
    styled(
      'dim',
      `${change.code}  ${label[0] ?? ''} ${yes(change.backward)}  ${label[1] ?? ''} ${yes(change.forward)}`,
    ),
  ]);
  const columns = Math.max(24, Math.floor((terminalColumns() - 8) / 2));
  if (change.from !== undefined || change.to !== undefined) {
    data([
      '    ',
      styled('red', cell(`- ${show(change.from)}`, columns)),
      styled('green', cell(`+ ${show(change.to)}`, columns).trimEnd()),
    ]);
  }
  dataLines([`    ${say(change.reason)}`]);
}

function show(value: unknown): string {
  return value === undefined ? '—' : escapeLine(typeof value === 'string' ? value : JSON.stringify(value));
}
