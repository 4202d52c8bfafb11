/** `datong audit subjects`: the sealed list of persons whom an incident affects, opened by one of its two persons. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../../profile.ts';
import { printMissing } from '../../printMissing.ts';
import { columns } from '../../printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../../verb.ts';
import { staffReader } from '../staffReader.ts';
import { counted } from '../../../../terms/counted.ts';

interface OpenOptions extends StaffOptions {
  readonly reason: string;
  readonly dataset?: string;
  readonly compare?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Identifiers of one opening. */
const atOnce = 1_000;

export function registerSubjects(audit: Command): void {
  withStaffToken(
    audit
      .command('subjects')
      .argument(
        '<id>',
        '名单编号，见 datong audit incident --seal / id, as datong audit incident --seal says',
      )
      .description(
        '打开另一人已放行的封存名单，每次都记入日志；可与提供部门的标识对照 / open a sealed list that another person released, an entry each time; hold identifiers of the provider against it',
      ),
  )
    .requiredOption('--reason <text>', '事由；记入日志 / reason; recorded in the log')
    .option('--dataset <id>', '数据资源；--compare 时必填 / dataset, needed with --compare')
    .option(
      '--compare <file>',
      '提供部门的标识，一行一个：只列出名单上有的 / identifiers of the provider, one a line: only those on the list are shown',
    )
    .option('-o, --out <file>', '写入文件而不显示 / file to write instead')
    .option('--json', '以 JSON 输出 / answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  datong audit incident --as security --dataset pub-security.household --from 2026-11-01 --until 2026-11-08 --reason "stolen key" --case AQ-2026-1 --seal\n  datong audit evidence release ID --as auditor\n  datong audit subjects ID --as security --reason "to tell them" --dataset pub-security.household --compare persons.txt -o concerned.txt',
    )
    .action(open);
}

/** Prints what was sealed, and who acts next. */
export function printSealed(made: Readonly<Record<string, unknown>>, json: boolean): void {
  const { subjects, until } = made['list'] as Readonly<Record<string, unknown>>;
  const id = String(made['id']);
  data(json ? JSON.stringify(made) : id);
  printMissing(made);
  const { perhaps } = made as { readonly perhaps?: number };
  if (perhaps !== undefined)
    talk({
      zh: `名单不含批次被取代之后 ${perhaps} 次答复所涉主体：其中的续页可能含有该批次的行`,
      en: `the list lacks the subjects of ${perhaps} answers after the batch, whose continued pages may have had its rows`,
    });
  talk({
    zh: `已封存 ${String(subjects)} 个主体的名单 ${id}，至 ${String(until)} 止；请另一人放行：datong audit evidence release ${id}`,
    en: `sealed the list ${id} of ${String(subjects)} persons or organisations, until ${String(until)}; another person releases it: datong audit evidence release ${id}`,
  });
}

async function open(id: string, options: OpenOptions): Promise<void> {
  const { reason, dataset, compare, out, json } = options;
  if ((compare === undefined) !== (dataset === undefined))
    throw new VerbFailure(exitCode.usage, {
      zh: '--compare 与 --dataset 须一同给出',
      en: '--compare and --dataset go together',
    });
  const values = compare === undefined ? [] : linesOf(compare);
  const hub = staffReader(options);
  try {
    const path = `/v1/log/incidents/subjects/${encodeURIComponent(id)}/opening`;
    const found: string[] = [];
    let answer: Readonly<Record<string, unknown>> = {};
    for (let at = 0; at === 0 || at < values.length; at += atOnce) {
      const part = values.slice(at, at + atOnce);
      answer = await hub.ask('POST', path, {
        reason,
        ...(compare === undefined ? {} : { compare: { dataset, values: part } }),
      });
      for (const place of (answer['concerned'] ?? []) as readonly number[]) found.push(part[place] ?? '');
    }
    const subjects = answer['subjects'] as readonly { token: string; year: number; entries: number }[];
    const lines = compare === undefined ? tableOf(subjects) : found;
    if (out !== undefined) writeFileSync(out, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    if (json === true)
      data(JSON.stringify({ ...answer, ...(compare === undefined ? {} : { concerned: found }) }));
    else if (out === undefined) dataLines(lines);
    talk(
      compare === undefined
        ? {
            zh: `${subjects.length} 个主体`,
            en: counted(subjects.length, 'person or organisation', 'persons or organisations'),
          }
        : {
            zh: `所给 ${values.length} 个标识中有 ${found.length} 个在名单上；名单共 ${subjects.length} 个主体`,
            en: `${found.length} of ${values.length} identifiers are on the list, which holds ${counted(subjects.length, 'person or organisation', 'persons or organisations')}`,
          },
    );
  } finally {
    hub.close();
  }
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(file === '-' ? 0 : file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

const tableOf = (
  subjects: readonly { readonly token: string; readonly year: number; readonly entries: number }[],
): readonly string[] =>
  columns(
    [
      [
        { zh: '令牌', en: 'token' },
        { zh: '年', en: 'year' },
        { zh: '条目', en: 'entries' },
      ].map(say),
      ...subjects.map(({ token, year, entries }) => [token, String(year), String(entries)]),
    ],
    new Set([1, 2]),
  );
