/** `datong audit search`: searches a running hub's log for who saw which data, for which case, and prints a table. */
import type { Command } from 'commander';
import { dayOf } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { whoOf } from '../../../log/story.ts';
import { momentInChina } from '../../../terms/civilDate.ts';
import { noFormula } from '../../../terms/csv.ts';
import { Problem } from '../../../terms/problem.ts';
import { identifierFrom } from '../consent/consents.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { printMissing } from '../printMissing.ts';
import { columns } from '../printedText.ts';
import { writeFileContent } from '../output.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { fieldValues } from '../rowsChange.ts';
import { collect, wholeNumber } from '../values.ts';
import { withSaved } from './savedSearches.ts';
import { staffReader } from './staffReader.ts';
import { counted } from '../../../terms/counted.ts';

interface SearchOptions extends StaffOptions {
  readonly subject?: string;
  readonly key?: readonly string[];
  readonly dataset?: string;
  readonly reason?: string;
  readonly case?: string;
  readonly limit?: number;
  readonly before?: number;
  readonly counts?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly save?: string;
  readonly saved?: string;
  readonly from?: string;
  readonly until?: string;
}

/** Options that go into the search as they are. */
export const questionWords = {
  consumer: ['department', '需求部门 / department that requested data'],
  provider: ['department', '提供部门 / department that provides the data'],
  department: ['department', '需求或提供部门 / either of them'],
  field: ['name', '对外提供的数据项 / a released field'],
  purpose: ['code', '使用场景 / purpose'],
  agreement: ['id', '共享协议 / agreement'],
  decision: ['allow|deny', '决策 / decision'],
  code: ['code', '拒绝代码 / code of a denial'],
  official: ['id', '经办人 / official, as the department signed it'],
  matter: ['number', '办件号 / case number, as the department signed it'],
  person: ['id', '工作人员 / member of staff'],
  schema: ['urn', '数据集标准版本 / schema version'],
  operation: ['name', '操作 / operation'],
  kind: ['kind', '类别 / kind of entry'],
  exchange: ['id', '交换编号 / exchange'],
} as const;

export function registerSearch(audit: Command): void {
  const search = withStaffToken(audit.command('search')).description(
    '检索日志：谁在何时、为哪个办件、看了谁的哪些数据项 / search the log: who saw whose fields, when and for which case',
  );
  search
    .option(
      '--subject <file>',
      '个人标识所在文件，- 为标准输入（不写在命令行上） / file with the identifier of a person, - for standard input',
    )
    .option(
      '--key <field=value>',
      '谁看过某一办件所涉的人：该办件的主键，每个数据项一次 / about the person of a case: a field of its key, once for each of them',
      collect,
    )
    .option('--dataset <id>', '数据资源；--subject、--key 时必填 / dataset, needed with --subject and --key')
    .option(
      '--reason <text>',
      '为何检索此人；记入日志 / reason for searching this person; recorded in the log',
    )
    .option('--case <number>', '为哪个案件检索；记入日志 / case of the search; recorded in the log')
    .option('--from <time>', '起（含），日期或 RFC 3339 / first day or moment')
    .option('--until <time>', '止（不含），日期或 RFC 3339 / the day or moment after the last');
  for (const [name, [value, text]] of Object.entries(questionWords))
    search.option(`--${name} <${value}>`, text);
  search
    .option('--limit <number>', '一页的条数 / entries of a page', wholeNumber(1), 100)
    .option('--before <index>', '从上一页接着看 / go on from the last page', wholeNumber(0))
    .option('--counts', '并按日、部门、代码计数 / also count by day, department and code')
    .option(
      '--save <name>',
      '以此名称保存所问（不含个人） / save the conditions under a name, never the person',
    )
    .option(
      '--saved <name>',
      '按保存的所问检索，另给的条件优先 / use saved conditions; options given in addition take precedence',
    )
    .option('--json', 'one JSON document')
    .option('--csv', 'the table as CSV')
    .addHelpText(
      'after',
      '\nEvery search is an entry of the log; one about a person names its reason and its case.' +
        '\n\nExamples:\n  datong audit search --as auditor --consumer education --decision deny --from 2026-10-01 --until 2026-11-01 --counts' +
        '\n  datong audit search --as auditor --subject child.txt --dataset pub-security.household --reason "a complaint" --case XF-2026-0001' +
        '\n  datong audit search --as auditor --key case=C-1 --dataset ecology.street-cases --reason "a complaint" --case XF-2026-0002',
    )
    .action(run);
}

/** A day is China's. @throws VerbFailure */
export function moment(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00+08:00` : text;
  if (!Number.isFinite(Date.parse(time)))
    throw new VerbFailure(exitCode.usage, {
      zh: `${option} 应为日期（2026-10-01）或 RFC 3339 时间`,
      en: `${option} wants a day (2026-10-01) or an RFC 3339 time`,
    });
  return new Date(time).toISOString();
}

function subjectOf({ subject, key, dataset, reason, case: number }: SearchOptions): object {
  if (subject === undefined && key === undefined) return dataset === undefined ? {} : { dataset };
  if (subject !== undefined && key !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--subject 与 --key 只能给出一个',
      en: '--subject and --key exclude each other',
    });
  if (dataset === undefined || reason === undefined || number === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '检索个人须同时给出 --dataset、--reason、--case，事由和案件编号记入日志',
      en: 'a search about a person needs --dataset, --reason and --case; reason and case are recorded in the log',
    });
  const about = { dataset, reason, case: number };
  if (key !== undefined) return { dataset, subject: { ...about, key: fieldValues(key, '--key') } };
  return { subject: { ...about, value: identifierFrom(subject ?? '-') } };
}

async function run(options: SearchOptions): Promise<void> {
  const { json, csv, limit, before, counts } = options;
  const requested = options as Readonly<Record<string, unknown>>;
  const span = { from: moment(options.from, '--from'), until: moment(options.until, '--until') };
  const body = Object.fromEntries(
    Object.entries({
      ...Object.fromEntries(Object.keys(questionWords).map((name) => [name, requested[name]])),
      ...span,
      ...subjectOf(options),
      limit,
      before,
      counts,
    }).filter(([, value]) => value !== undefined),
  );
  const hub = staffReader(options);
  try {
    const answer = await hub.ask('POST', '/v1/log/searches', await withSaved(hub, options, body));
    const rows = rowsIn(answer['entries']);
    if (json === true) data(JSON.stringify({ ok: true, ...answer, rows }));
    else if (csv === true) await writeFileContent(`${csvLines(rows).join('\n')}\n`);
    else show(rows, answer);
  } finally {
    hub.close();
  }
}

/** A line of the table, in the order of its columns. */
interface Row {
  readonly index: number;
  readonly at: string;
  readonly who: string;
  readonly official: string;
  readonly matter: string;
  readonly dataset: string;
  readonly operation: string;
  readonly outcome: string;
  readonly fields: string;
}

const heads: Readonly<Record<keyof Row, { zh: string; en: string }>> = {
  index: { zh: '序号', en: 'entry' },
  at: { zh: '时间', en: 'time' },
  who: { zh: '部门或人员', en: 'who' },
  official: { zh: '经办人', en: 'official' },
  matter: { zh: '办件号', en: 'case' },
  dataset: { zh: '数据资源', en: 'dataset' },
  operation: { zh: '操作', en: 'operation' },
  outcome: { zh: '结果', en: 'outcome' },
  fields: { zh: '数据项', en: 'fields' },
};

function rowsIn(entries: unknown): Row[] {
  const list = Array.isArray(entries) ? (entries as readonly unknown[]) : [];
  return list.flatMap((one) => {
    const { index, leaf, attempt } = one as Readonly<Record<'index' | 'leaf' | 'attempt', unknown>>;
    if (typeof index !== 'number' || typeof leaf !== 'string') return [];
    try {
      const row = rowOf(index, parseLeaf(Buffer.from(leaf, 'base64')));
      return [attempt === true ? { ...row, outcome: attempted(row.outcome) } : row];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const text = say({ zh: '条目已被改动', en: 'this entry was altered' });
      return [
        {
          index,
          at: '',
          who: '',
          official: '',
          matter: '',
          dataset: '',
          operation: '',
          outcome: text,
          fields: '',
        },
      ];
    }
  });
}

/** The person was named, and no data of them left the hub. */
const attempted = (outcome: string): string =>
  say({ zh: `查而未得（${outcome}）`, en: `attempt (${outcome})` });

const rowOf = (index: number, leaf: Leaf): Row => ({
  index,
  // China's time, to the second
  at: momentInChina(leaf.at),
  who: whoOf(leaf) ?? '',
  official: leaf.onBehalfOf ?? '',
  matter: leaf.matter ?? '',
  dataset: leaf.dataset ?? '',
  operation: leaf.operation,
  outcome:
    leaf.code ??
    say(leaf.decision === 'allow' ? { zh: '允许', en: 'allowed' } : { zh: '拒绝', en: 'denied' }),
  fields: Object.keys(leaf.fields ?? {}).join(' '),
});

const names = Object.keys(heads) as readonly (keyof Row)[];

function csvLines(rows: readonly Row[]): string[] {
  // a value that a spreadsheet would take for a formula is written as text
  const cell = (value: string | number): string => {
    const text = String(value);
    return `"${noFormula(text).replaceAll('"', '""')}"`;
  };
  return [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))];
}

function show(rows: readonly Row[], answer: Readonly<Record<string, unknown>>): void {
  const table = [
    names.map((name) => say(heads[name])),
    ...rows.map((row) => names.map((name) => String(row[name]))),
  ];
  if (rows.length > 0) dataLines(columns(table, new Set([0])));
  const { counts, next, unsearchableYears, erasedBefore, destroyed } = answer;
  if (typeof counts === 'object' && counts !== null) showCounts(counts as Readonly<Record<string, unknown>>);
  talk({
    zh: `${rows.length} 条；本次检索已记入日志`,
    en: `${counted(rows.length, 'entry', 'entries')}; this search is recorded in the log`,
  });
  printMissing(answer);
  if (typeof destroyed === 'object' && destroyed !== null)
    printDestroyed(destroyed as Readonly<Record<string, unknown>>);
  if (typeof next === 'number')
    talk({ zh: `还有更早的：加 --before ${next}`, en: `there are earlier ones: add --before ${next}` });
  if (typeof erasedBefore === 'string')
    talk({
      zh: `${erasedBefore} 之前涉及该主体的标识已依决定销毁`,
      en: `the tokens of this subject in entries before ${erasedBefore} were erased`,
    });
  if (Array.isArray(unsearchableYears))
    talk({
      zh: `这些年份的主体密钥已销毁，其条目不再能对应到人：${unsearchableYears.join('、')}`,
      en: `the subject keys of these years are destroyed, their entries can no longer be linked to a person: ${unsearchableYears.join(', ')}`,
    });
}

function printDestroyed({ at, rules, entry }: Readonly<Record<string, unknown>>): void {
  const [day, by] = [dayOf(String(at)), String(rules)];
  talk({
    zh: `该次交换的条目已于 ${day} 按期限规则（${by}）销毁，见第 ${String(entry)} 条`,
    en: `the entry of this exchange was destroyed on ${day} under the rules ${by}, as entry ${String(entry)} records`,
  });
}

function showCounts(counts: Readonly<Record<string, unknown>>): void {
  const parts = {
    byDay: { zh: '按日', en: 'by day' },
    byDepartment: { zh: '按部门', en: 'by department' },
    byCode: { zh: '按代码', en: 'by code' },
  };
  data(`\n${say({ zh: '合计', en: 'total' })}  ${String(counts['total'])}`);
  for (const [name, text] of Object.entries(parts)) {
    const all = Object.entries((counts[name] ?? {}) as Readonly<Record<string, number>>);
    if (all.length === 0) continue;
    data(`\n${say(text)}`);
    for (const line of columns(
      all.map(([value, count]) => [value, String(count)]),
      new Set([1]),
    ))
      data(line);
  }
}
