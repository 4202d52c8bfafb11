import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { requestOf } from '../../../policies/cases/policyCase.ts';
import { decide } from '../../../policies/decide.ts';
import { readTime } from '../../../policies/documents/documentChecks.ts';
import type { Plans } from '../../../policies/plans.ts';
import {
  answerOf,
  replay,
  type RecordedAnswer,
  type RecordedDecision,
  type ReplayReport,
} from '../../../policies/questions/replay.ts';
import { linesOf } from '../linesOf.ts';
import { columns } from '../printedText.ts';
import { data, exitCode, say, VerbFailure } from '../verb.ts';
import { compileFolder } from './policyFolder.ts';
import { counted } from '../../../terms/counted.ts';
import { isObject } from '../../../terms/isObject.ts';

interface Options {
  readonly before?: string;
  readonly json?: boolean;
}

export function registerReplay(policy: Command): void {
  policy
    .command('replay')
    .description('用另一套文档重放已记录的请求 / decide recorded requests again, and show what would differ')
    .argument('<dir>', 'folder of documents proposed')
    .argument('<file>', 'NDJSON: {id?, at, request: {…}, answer?: {effect, code | fields}}')
    .option(
      '--before <dir>',
      'documents that were in force: their decision is used where an answer is missing',
    )
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nExit code 1 when an answer would differ.\nExample: datong policy replay proposed/ last-month.ndjson --before in-force/',
    )
    .action((dir: string, file: string, options: Options) => run(dir, file, options));
}

async function run(dir: string, file: string, { before, json }: Options): Promise<void> {
  const { plans } = compileFolder(dir);
  const recorded = await readRecorded(file, before === undefined ? undefined : compileFolder(before).plans);
  const report = replay(recorded, plans);
  data(json === true ? JSON.stringify(report) : readable(report));
  process.exitCode = report.different === 0 ? exitCode.ok : exitCode.refused;
}

async function readRecorded(file: string, before: Plans | undefined): Promise<readonly RecordedDecision[]> {
  const recorded: RecordedDecision[] = [];
  let line = 0;
  for await (const text of linesOf(createReadStream(file))) {
    line += 1;
    if (text.trim() !== '') recorded.push(readLine(text, line, file, before));
  }
  return recorded;
}

function readLine(text: string, line: number, file: string, before: Plans | undefined): RecordedDecision {
  const value = parsed(text);
  const at = isObject(value) ? timeOfRecord(value['at']) : undefined;
  const written = isObject(value) ? value['request'] : undefined;
  if (!isObject(value) || at === undefined || !isObject(written)) throw unreadable(file, line);
  const request = requestOf(written);
  const answer =
    answerIn(value['answer']) ?? (before === undefined ? undefined : answerOf(decide(request, before, at)));
  if (answer === undefined) throw unreadable(file, line);
  const id = typeof value['id'] === 'string' ? value['id'] : String(line);
  return { id, at, request, answer };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const timeOfRecord = (at: unknown): number | undefined =>
  typeof at === 'string' ? readTime(at) : Number.isSafeInteger(at) ? Number(at) : undefined;

function answerIn(answer: unknown): RecordedAnswer | undefined {
  if (!isObject(answer)) return undefined;
  const { effect, code, fields } = answer;
  if (effect === 'deny' && typeof code === 'string') return { effect, code };
  return effect === 'allow' && isObject(fields)
    ? { effect, fields: fields as Record<string, string> }
    : undefined;
}

const unreadable = (file: string, line: number): VerbFailure =>
  new VerbFailure(exitCode.local, {
    zh: `${file}:${line} 不是一条记录（需要 at、request，以及 answer 或 --before）`,
    en: `${file}:${line} is no record (at, request, and answer or --before are needed)`,
  });

function readable({ total, same, different, changes, examples }: ReplayReport): string {
  const sum = say({
    zh: `${total} 次请求：${same} 次相同，${different} 次不同`,
    en: `${counted(total, 'request')}: ${same} the same, ${different} different`,
  });
  const rows = Object.entries(changes)
    .sort((a, b) => b[1] - a[1])
    .map(([change, count]) => [
      String(count),
      change,
      examples
        .filter((one) => one.change === change)
        .map((one) => one.id)
        .join(' '),
    ]);
  return [sum, ...columns(rows, new Set([0]))].join('\n');
}
