/** `datong audit report MONTH`: the month's figures, counted here from the entries; an export alone gives the same result. */
import { everyPage } from '../../everyPage.ts';
import type { Get } from '../../reading/reader.ts';
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readBundle } from '../../../../log/missing.ts';
import { ReportCount, type ReportedMonth } from '../../../../log/reportedMonth.ts';
import type { CountedMatter, MatterSaved } from '../../../../log/savedMaterials.ts';
import { maxPackLength } from '../../../../log/pack/pack.ts';
import { verifyPack } from '../../../../log/pack/verifyPack.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { readBoundedText } from '../../boundedFile.ts';
import { writeRows } from '../../fetch/rowsFile.ts';
import { withStaffToken, type StaffOptions } from '../../profile.ts';
import { columns } from '../../printedText.ts';
import { currentLanguage, data, dataLines, exitCode, reportFindings, talk, VerbFailure } from '../../verb.ts';
import { staffReader } from '../staffReader.ts';
import { trustedOffline, withTrustedKeys, type TrustOptions } from '../verifiedLog.ts';
import { reportPage, reportTable, savedTable } from './reportPage.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { collect } from '../../values.ts';
import { counted } from '../../../../terms/counted.ts';

/** The register of matters as a report counts by it: from a file of `datong catalogue matter list --json`, or from the hub. */
const maxBytes = 16 * 1024 * 1024;

/** @throws VerbFailure (exit 4) for a file that is no such list */
function readMatters(file: string): readonly CountedMatter[] {
  try {
    const { matters } = JSON.parse(readBoundedText(file, maxBytes)) as { matters?: unknown };
    if (isRegister(matters)) return matters;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  throw new VerbFailure(
    exitCode.local,
    { zh: `${file} 不是事项清单`, en: `${file} is no list of matters` },
    {
      zh: '用 datong catalogue matter list --json 取得',
      en: 'get one with datong catalogue matter list --json',
    },
  );
}

const registeredMatters = (get: Get): Promise<readonly CountedMatter[]> =>
  everyPage(get, '/v1/matters', { limit: '200' }, (page) => page['matters'] as readonly CountedMatter[]);

const isRegister = (value: unknown): value is readonly CountedMatter[] =>
  Array.isArray(value) && value.every((one) => isMatter(one as Partial<CountedMatter> | null));

const isMatter = (one: Partial<CountedMatter> | null): boolean =>
  typeof one?.code === 'string' &&
  isTitle(one.title) &&
  Array.isArray(one.materials) &&
  one.materials.every(
    (material: Partial<CountedMatter['materials'][number]> | null) =>
      isTitle(material?.title) &&
      Array.isArray(material?.fields) &&
      material.fields.every((field) => typeof field === 'string'),
  );

const isTitle = (title: Bilingual | undefined): boolean =>
  typeof title?.zh === 'string' && typeof title.en === 'string';

interface ReportOptions extends StaffOptions, TrustOptions {
  readonly pack?: readonly string[];
  readonly matters?: string;
  readonly html?: string;
  readonly xlsx?: string;
  readonly json?: boolean;
}

export function registerReport(audit: Command): void {
  const report = audit
    .command('report')
    .description(
      '月报：按部门和数据资源的调用、行数、拒绝、办件等，由日志条目算出 / figures of a month by department and dataset, counted from the entries of the log',
    );
  withTrustedKeys(withStaffToken(report))
    .argument('<month>', '月份，如 2026-11 / month, such as 2026-11')
    .option(
      '--pack <file>',
      '只用导出的证据包计算，不连枢纽；可重复 / count from an exported pack alone, without the hub; may be repeated',
      collect,
    )
    .option(
      '--matters <file>',
      '事项清单（datong catalogue matter list --json），与 --pack 一起算出免提交材料 / the register of matters (datong catalogue matter list --json): with --pack, what was saved is counted by it',
    )
    .option('--html <file>', '另存为网页 / also as a page')
    .option('--xlsx <file>', '另存为工作簿 / also as a workbook')
    .option('--json', '以 JSON 输出 / answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  datong audit report 2026-11 --as auditor --html report.html' +
        '\n  datong audit export --as auditor --from 100 --to 9000 -o pack.json' +
        '\n  datong audit report 2026-11 --pack pack.json --anchors anchors.json --matters matters.json',
    )
    .action(run);
}

async function run(month: string, options: ReportOptions): Promise<void> {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month))
    throw new VerbFailure(exitCode.usage, {
      zh: '月份应写作 2026-11',
      en: 'a month is written as 2026-11',
    });
  const report =
    options.pack === undefined ? await ofHub(month, options) : ofPacks(month, options.pack, options);
  if (report === undefined) return;
  const table = reportTable(report, currentLanguage());
  if (options.html !== undefined)
    writeFileSync(options.html, reportPage(report, currentLanguage()), { mode: 0o600 });
  if (options.xlsx !== undefined) await writeRows({ xlsx: true, out: options.xlsx }, table, []);
  if (options.json === true) data(JSON.stringify(report));
  else printTables(table, report.saved ?? []);
  const { entries, first, last } = report;
  talk({
    zh: `${month}：由 ${entries} 个条目算出（第 ${first ?? '–'}–${last ?? '–'} 条）；持有这些条目者可用 --pack 得到相同数字`,
    en: `${month}: counted from ${counted(entries, 'entry', 'entries')} (${first ?? '–'}–${last ?? '–'}); with these files, --pack gives the same result`,
  });
}

function printTables(figures: ReturnType<typeof reportTable>, saved: readonly MatterSaved[]): void {
  const language = currentLanguage();
  for (const { header, rows } of [figures, ...(saved.length === 0 ? [] : [savedTable(saved, language)])])
    dataLines(columns([header, ...rows.map((row) => row.map(String))]));
}

/** Reports what fails verification, and then counts nothing. */
function ofPacks(month: string, files: readonly string[], options: ReportOptions): ReportedMonth | undefined {
  const { keys } = trustedOffline(options);
  /** by index: packs may overlap, and be named in any order */
  const leaves = new Map<number, Uint8Array>();
  for (const file of files) {
    const { findings, entries } = verifyPack(readBoundedText(file, maxPackLength), { keys });
    if (findings.length > 0) {
      reportFindings(findings, {
        json: false,
        failure: exitCode.verification,
        passed: { zh: '', en: '' },
      });
      return undefined;
    }
    for (const { index, bytes } of entries) leaves.set(index, bytes);
  }
  const register = options.matters === undefined ? undefined : readMatters(options.matters);
  const count = new ReportCount(month, register);
  for (const [index, bytes] of [...leaves].sort(([a], [b]) => a - b)) count.add(index, parseLeaf(bytes));
  return count.report();
}

async function ofHub(month: string, options: ReportOptions): Promise<ReportedMonth> {
  const hub = staffReader(options);
  const [year = 0, number = 0] = month.split('-').map(Number);
  const start = (after: number): string => new Date(Date.UTC(year, number - 1 + after, 1, -8)).toISOString();
  /** index of the newest entry before a moment; −1 where there is none */
  const before = async (until: string): Promise<number> => {
    const { entries } = await hub.ask('POST', '/v1/log/searches', { until, limit: 1 });
    const [newest] = entries as readonly { index: number }[];
    return newest?.index ?? -1;
  };
  try {
    const first = (await before(start(0))) + 1;
    const end = (await before(start(1))) + 1;
    const count = new ReportCount(month, await registeredMatters((path) => hub.ask('GET', path)));
    for (let at = first; at < end;) {
      const leaves = readBundle(
        await hub.bytes(`/v1/log/entries/bundle?from=${at}&limit=${Math.min(8_192, end - at)}`),
      );
      if (leaves.length === 0)
        throw new VerbFailure(exitCode.verification, {
          zh: `缺少第 ${at} 条：请运行 datong audit verify`,
          en: `entry ${at} is missing: run datong audit verify`,
        });
      for (const [nth, leaf] of leaves.entries()) count.add(at + nth, parseLeaf(leaf));
      at += leaves.length;
    }
    return count.report();
  } finally {
    hub.close();
  }
}
