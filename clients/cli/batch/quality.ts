/** `datong batch quality DATASET`: what a dataset's files were like, and the grade that follows. */
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, say, talk } from '../verb.ts';

interface QualityOptions extends StaffOptions {
  readonly json?: boolean;
}

/** `Quality` of openapi.yaml */
interface Quality {
  readonly grade?: string;
  readonly score?: number;
  readonly batches: readonly {
    readonly batch: string;
    readonly publishedAt: string;
    readonly rows: number;
    readonly bad: number;
    readonly parts: Readonly<Record<string, number>>;
  }[];
  readonly problems: readonly {
    readonly rule: string;
    readonly header: string;
    readonly count: number;
    readonly lines: readonly number[];
  }[];
}

const parts = ['validity', 'completeness', 'uniqueness', 'timeliness'] as const;

export function registerQuality(batch: Command): void {
  withStaffToken(
    batch
      .command('quality')
      .description(
        '数据资源的质量：历次批次、等级、问题位置 / quality of a dataset: its batches, grade and problems',
      ),
  )
    .argument('<dataset>', 'such as pub-security.household')
    .option('--json', 'tell the outcome as JSON')
    .addHelpText('after', '\nExample:\n  $ datong batch quality pub-security.household')
    .action(quality);
}

async function quality(dataset: string, options: QualityOptions): Promise<void> {
  const path = `/v1/datasets/${encodeURIComponent(dataset)}/quality`;
  const found = await asReviewer(
    options,
    async (client) => bodyOf(await client.get(path)) as unknown as Quality,
  );
  if (options.json === true) {
    data(JSON.stringify({ ok: true, ...found }));
    return;
  }
  const { grade, score, batches, problems } = found;
  const head = say({
    zh: '批次|发布|行|问题|有效|完整|唯一|及时',
    en: 'batch|published|rows|bad|valid|complete|unique|in time',
  });
  const rows = batches.map((one) => [
    ...[one.batch, one.publishedAt.slice(0, 10), String(one.rows), String(one.bad)],
    ...parts.map((part) => percent(one.parts[part])),
  ]);
  for (const text of columns([head.split('|'), ...rows], new Set([2, 3, 4, 5, 6, 7]))) data(text);
  for (const { rule, header, count, lines } of problems)
    data(
      `${count} × ${rule}  ${header}  ${say({ zh: '行', en: 'lines' })} ${lines.join(', ')}${count > lines.length ? ' …' : ''}`,
    );
  if (grade === undefined) talk({ zh: '还没有已发布的批次', en: 'nothing was published yet' });
  else talk({ zh: `等级 ${grade}（${percent(score)}）`, en: `grade ${grade} (${percent(score)})` });
}

const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(1)}%`;
