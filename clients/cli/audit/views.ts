/** `datong audit views`: how often members of staff called reads without personal data. */
import { everyPage } from '../everyPage.ts';
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { staffReader } from './staffReader.ts';

interface ViewsOptions extends StaffOptions {
  readonly person?: string;
  readonly from?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** As the hub answers it. */
interface ViewCount {
  readonly day: string;
  readonly person: string;
  readonly personName?: string;
  readonly department?: string;
  readonly operation: string;
  readonly views: number;
  readonly entry?: string;
  readonly altered?: boolean;
}

export function registerViews(audit: Command): void {
  withStaffToken(
    audit
      .command('views')
      .description(
        '工作人员每日查看不含个人信息的页面的次数 / reads of staff without personal data, counted by day',
      ),
  )
    .option('--person <id>', '工作人员 / member of staff')
    .option('--from <day>', '起（含）/ first day, YYYY-MM-DD')
    .option('--until <day>', '止（含）/ last day, YYYY-MM-DD')
    .option('--json', 'answer {counts} as JSON')
    .addHelpText('after', '\nExample:\n  datong audit views --as security --from 2026-11-01')
    .action(run);
}

/** @throws VerbFailure */
function day(text: string | undefined, option: string): string | undefined {
  if (text === undefined || (/^\d{4}-\d\d-\d\d$/.test(text) && Number.isFinite(Date.parse(text))))
    return text;
  throw new VerbFailure(exitCode.usage, {
    zh: `${option} 应为日期（2026-10-01）`,
    en: `${option} wants a day (2026-10-01)`,
  });
}

async function run(options: ViewsOptions): Promise<void> {
  const given = {
    person: options.person,
    from: day(options.from, '--from'),
    until: day(options.until, '--until'),
  };
  const hub = staffReader(options);
  try {
    const counts = await everyPage(
      (path) => hub.ask('GET', path),
      '/v1/log/views',
      { limit: '200', ...given },
      (page) => page['counts'] as readonly ViewCount[],
    );
    if (options.json === true) {
      data(JSON.stringify({ counts }));
      return;
    }
    if (counts.length === 0) talk({ zh: '没有查看', en: 'no reads' });
    const altered = { zh: '计数被改动', en: 'the count was altered' };
    const rows = counts.map((one) => [
      one.day,
      one.personName ?? one.person,
      one.department ?? '–',
      one.operation,
      String(one.views),
      one.altered === true ? say(altered) : (one.entry ?? '–'),
    ]);
    dataLines(columns(rows, new Set([4])));
  } finally {
    hub.close();
  }
}
