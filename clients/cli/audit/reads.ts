/** `datong audit reads`: staff who read the log. */
import { pagesOf } from '../everyPage.ts';
import type { Command } from 'commander';
import type { Missing } from '../../../log/missing.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { printMissing } from '../printMissing.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, talk } from '../verb.ts';
import { moment } from './search.ts';
import { staffReader } from './staffReader.ts';

interface ReadsOptions extends StaffOptions {
  readonly person?: string;
  readonly from?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** As the hub answers it. */
interface LogRead {
  readonly index: number;
  readonly at: string;
  readonly operation: string;
  readonly code?: string;
  readonly person: string;
  readonly personName?: string;
  readonly department?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly case?: string;
}

export function registerReads(audit: Command): void {
  withStaffToken(
    audit
      .command('reads')
      .description('谁查看了日志，包括审计员本人的查看 / which staff read the log, auditors included'),
  )
    .option('--person <id>', '工作人员 / member of staff')
    .option('--from <time>', '起（含），日期或 RFC 3339 / first day or moment')
    .option('--until <time>', '止（不含），日期或 RFC 3339 / the day or moment after the last')
    .option('--json', 'answer {reads, missing} as JSON')
    .addHelpText('after', '\nExample:\n  datong audit reads --as security --from 2026-11-01')
    .action(run);
}

async function run(options: ReadsOptions): Promise<void> {
  const hub = staffReader(options);
  const given = {
    person: options.person,
    from: moment(options.from, '--from'),
    until: moment(options.until, '--until'),
  };
  try {
    const reads: LogRead[] = [];
    const missing: number[] = [];
    let more: Pick<Missing, 'moreMissing'> = {};
    const query = { limit: '200', ...given };
    for await (const page of pagesOf((path) => hub.ask('GET', path), '/v1/log/reads', query)) {
      reads.push(...(page['reads'] as readonly LogRead[]));
      const gone = page as Missing;
      missing.push(...(gone.missing ?? []));
      if (gone.moreMissing === true) more = { moreMissing: true };
    }
    const gone: Missing = { ...(missing.length === 0 ? {} : { missing }), ...more };
    if (options.json === true) {
      data(JSON.stringify({ reads, ...gone }));
      return;
    }
    printMissing(gone);
    if (reads.length === 0 && missing.length === 0) talk({ zh: '没有人查看过', en: 'no access' });
    const rows = reads.map((one) => [
      String(one.index),
      one.at,
      one.personName ?? one.person,
      one.department ?? '–',
      one.operation,
      one.code ?? '',
      one.by ?? '',
      one.case ?? '',
      one.reason ?? '',
    ]);
    dataLines(columns(rows, new Set([0])));
  } finally {
    hub.close();
  }
}
