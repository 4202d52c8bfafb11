import { createReadStream, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { compileSchema, type FieldFinding } from '../../../schemas/compile.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { JsonFault, readJson } from '../../../schemas/readJson.ts';
import { linesOf } from '../linesOf.ts';
import { data, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { readSchemaArgument, surroundingsOf } from './schemaFiles.ts';
import { counted } from '../../../terms/counted.ts';

/** A finding with the record it belongs to. */
interface RecordFinding extends FieldFinding {
  readonly record: number;
}

/** Shown at most; the rest is counted, and written whole by --problems. */
const shown = 20;
/** One record's text: longer lines are no records of this product. */
const maxLineLength = 1024 * 1024;

export function register(schema: Command): void {
  schema
    .command('validate')
    .description('按标准校验记录 / validate records, one JSON object a line')
    .argument('<schema>', 'schema (JSON), or the short name of a shipped one')
    .argument('<file>', 'records (NDJSON)')
    .option('--json', '{ok, findings} as JSON')
    .option('--problems <file>', 'write every finding as NDJSON')
    .option('--with <file...>', 'schemas that it refers to by URN')
    .addHelpText('after', '\nExample: datong schema validate household@1 rows.ndjson')
    .action(
      async (
        argument: string,
        file: string,
        options: { json?: boolean; problems?: string; with?: string[] },
      ) => {
        const surroundings = surroundingsOf(options.with ?? []);
        const compiled = compileSchema(
          parseDatasetSchema(readSchemaArgument(argument), surroundings),
          surroundings,
        );
        statSync(file);
        const findings: RecordFinding[] = [];
        const counts = new Map<string, { pointer: string; rule: string; count: number }>();
        let record = 0;
        let bad = 0;
        for await (const line of linesOf(createReadStream(file))) {
          if (line.trim() === '') continue;
          record += 1;
          const problems = check(compiled, line, record);
          if (problems.length > 0) bad += 1;
          for (const problem of problems) {
            const key = `${problem.pointer} ${problem.rule}`;
            const entry = counts.get(key) ?? { pointer: problem.pointer, rule: problem.rule, count: 0 };
            entry.count += 1;
            counts.set(key, entry);
            if (findings.length < (options.problems === undefined ? shown : 1_000_000))
              findings.push(problem);
          }
        }
        if (options.problems !== undefined)
          writeFileSync(options.problems, findings.map((one) => `${JSON.stringify(one)}\n`).join(''));
        report({
          records: record,
          bad,
          counts: [...counts.values()],
          findings: findings.slice(0, shown),
          json: options.json === true,
        });
      },
    );
}

function check(compiled: ReturnType<typeof compileSchema>, line: string, record: number): RecordFinding[] {
  if (line.length > maxLineLength)
    return [unreadable(record, 'too_large', { zh: '一行超过 1 MiB', en: 'the line is longer than 1 MiB' })];
  if (line.includes('\ufffd'))
    return [unreadable(record, 'not_utf8', { zh: '不是有效的 UTF-8 文本', en: 'it is not valid UTF-8' })];
  try {
    const value = readJson(line);
    return compiled.check(value) ? [] : compiled.explain(value).map((one) => ({ record, ...one }));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return [unreadable(record, error.code, error.text)];
  }
}

function unreadable(record: number, rule: string, message: FieldFinding['message']): RecordFinding {
  return {
    record,
    pointer: '',
    field: '',
    title: { zh: '整条记录', en: 'the record' },
    rule,
    valueClass: 'text',
    message,
    schema: '',
  };
}

function report(result: {
  readonly records: number;
  readonly bad: number;
  readonly counts: readonly { pointer: string; rule: string; count: number }[];
  readonly findings: readonly RecordFinding[];
  readonly json: boolean;
}): void {
  const ok = result.bad === 0;
  if (result.records === 0)
    throw new VerbFailure(exitCode.refused, { zh: '文件中没有记录', en: 'the file has no records' });
  if (result.json) {
    const findings = result.findings.map((one) => ({
      code: one.rule,
      path: one.pointer,
      line: one.record,
      ...one,
    }));
    data(JSON.stringify({ ok, records: result.records, bad: result.bad, counts: result.counts, findings }));
  } else {
    for (const one of result.findings) {
      data(
        `${say({ zh: '第', en: 'record ' })}${one.record}${say({ zh: ' 条', en: '' })}  ${one.pointer === '' ? '/' : one.pointer}  ${say(one.title)}  ${one.rule}  ${say(one.message)}  [${one.valueClass}]`,
      );
    }
    for (const { pointer, rule, count } of ok ? [] : result.counts)
      data(`${count} ×  ${pointer === '' ? '/' : pointer}  ${rule}`);
  }
  talk({
    zh: `共 ${result.records} 条，${result.bad} 条不符合`,
    en: `${counted(result.records, 'record')}, ${result.bad} of them bad`,
  });
  process.exitCode = ok ? exitCode.ok : exitCode.refused;
}
