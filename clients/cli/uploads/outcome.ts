/** Prints the outcome of a submission for its sender. */
import { classInChinese } from '../../../terms/rowProblem.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import type { Batch } from '../../sdk/types.ts';
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { whyHeld } from '../batch/batchLines.ts';
import { columns } from '../printedText.ts';
import { say, talk } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

interface QuarantinedRow {
  readonly nth: number;
  readonly line: number;
  readonly problems: readonly RowProblem[];
}

/** Prints the earlier batch where the file's bytes had been sent before. @param begun the batch that was opened for them now */
export async function printSame(
  client: DatongClient,
  answered: Batch,
  begun: string | undefined,
): Promise<void> {
  const earlier =
    typeof answered.sameAs === 'string'
      ? answered.sameAs
      : answered.batch === begun
        ? undefined
        : answered.batch;
  if (earlier === undefined) return;
  const { json } = await client.batch(earlier);
  const at = json.openedAt ?? '–';
  talk({
    zh: `同样的字节已于 ${at} 报送，批次 ${earlier}；没有重复装载`,
    en: `the same bytes were already sent on ${at}, batch ${earlier}; they were not loaded again`,
  });
}

/** Prints row by row why a batch was refused. @param maxRows maximum number of problems printed */
export async function printHeld(client: DatongClient, id: string, maxRows: number): Promise<void> {
  const { json: batch } = await client.batch(id);
  if (batch.state !== 'receiving') printBatch(batch, await problemsOf(client, batch, maxRows));
}

/** Problems of the rows that failed, as many as are wanted. */
export async function problemsOf(
  client: DatongClient,
  batch: Batch,
  maxRows: number,
): Promise<readonly RowProblem[]> {
  if (maxRows === 0 || (batch.counts?.bad ?? 0) === 0) return [];
  const { json } = await client.quarantine(batch.batch, { limit: maxRows });
  const { rows } = json as { rows: readonly QuarantinedRow[] };
  return rows.flatMap(({ problems }) => problems).slice(0, maxRows);
}

/** Prints the outcome and its reasons, row by row where rows failed; and last one sentence for a report. */
export function printBatch(batch: Batch, problems: readonly RowProblem[]): void {
  const { state, counts } = batch;
  const seen = state === 'published' || state === 'superseded';
  const summary =
    counts === undefined
      ? { zh: '', en: '' }
      : {
          zh: `：${counts.records} 条记录，${counts.rows} 行${seen ? '可见' : '合格但未发布'}，${counts.bad} 行有问题${counts.doubted === undefined ? '' : `，${counts.doubted} 行存疑`}${counts.warned === undefined ? '' : `，${counts.warned} 个单元格值得一看（如造字）`}`,
          en: `: ${counted(counts.records, 'record')}, ${counted(counts.rows, 'row')} ${seen ? 'visible' : 'good but not published'}, ${counts.bad} with problems${counts.doubted === undefined ? '' : `, ${counts.doubted} in doubt`}${counts.warned === undefined ? '' : `, ${counts.warned} cells worth a look (private-use characters)`}`,
        };
  talk({
    zh: `批次 ${batch.batch} ${states[state].zh}${summary.zh}`,
    en: `batch ${batch.batch} ${states[state].en}${summary.en}`,
  });
  for (const line of whyHeld(batch)) talk(line);
  printProblems(problems);
  if (batch.sentence !== undefined) talk(batch.sentence);
}

function printProblems(problems: readonly RowProblem[]): void {
  if (problems.length === 0) return;
  const head = say({
    zh: '行|列|表头|规则|值的形状|说明',
    en: 'line|column|header|rule|shape of the value|what is wrong',
  });
  const rows = problems.map(({ line, column, header, rule, got, message }) => [
    String(line),
    String(column),
    header,
    rule,
    say({ zh: classInChinese(got), en: got }),
    say(message),
  ]);
  for (const row of columns([head.split('|'), ...rows], new Set([0, 1]))) talk(row);
}

const states: Readonly<Record<Batch['state'], { zh: string; en: string }>> = {
  receiving: { zh: '仍在接收', en: 'is still being received' },
  checking: { zh: '仍在检查', en: 'is still being checked' },
  held: { zh: '被搁置，待人核定', en: 'is held until a person decides' },
  prepared: { zh: '已按新版本备妥，待换版', en: 'is prepared for the version that the dataset goes over to' },
  published: { zh: '已发布', en: 'is published' },
  superseded: { zh: '已被取代', en: 'is superseded' },
  rejected: { zh: '被退回', en: 'is rejected' },
  dropped: { zh: '已作废', en: 'was dropped' },
  failed: { zh: '失败', en: 'failed' },
  expired: { zh: '已过期，字节已销毁', en: 'has expired, its bytes were destroyed' },
};
