/** `datong batch quality`: the quality of a dataset's files and the resulting grade, or of all datasets by week. */
import type { Command } from 'commander';
import { dayOfMoment } from '../../../terms/civilDate.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { getFrom, pagesOf } from '../everyPage.ts';
import type { QualityWeeks } from '../../sdk/listTypes.ts';
import type { Batch } from '../../sdk/types.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';

interface QualityOptions extends StaffOptions {
  readonly department?: string;
  readonly field?: string;
  readonly batch?: string;
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
        '数据资源的质量：历次批次、等级、问题位置；不写资源则列出各资源最近十二周 / quality of a dataset: its batches, grade and problems; without a dataset, of all by week',
      ),
  )
    .argument('[dataset]', 'such as pub-security.household')
    .option('--department <code>', 'without a dataset: those of this department')
    .option('--field <name>', 'lines of the newest batch in which this field is empty, or has a value again')
    .option('--batch <id>', 'with --field: of this batch')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong batch quality\n  $ datong batch quality pub-security.household\n  $ datong batch quality pub-security.household --field mobile',
    )
    .action(quality);
}

/** `FieldPlaces` of openapi.yaml */
interface FieldPlaces {
  readonly batch: string;
  readonly rows: number;
  readonly empty: { readonly count: number; readonly lines: readonly number[] };
  readonly again: { readonly count: number; readonly lines: readonly number[]; readonly whole: boolean };
  readonly corrects?: string;
}

async function quality(dataset: string | undefined, options: QualityOptions): Promise<void> {
  const { department, field, batch } = options;
  if (dataset === undefined) {
    if (field !== undefined || batch !== undefined)
      throw new VerbFailure(exitCode.usage, {
        zh: '--field 和 --batch 须写明数据资源',
        en: 'with --field and --batch, name the dataset',
      });
    return weeks(options);
  }
  if (department !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--department 不与数据资源同用',
      en: 'name a dataset or --department, not both',
    });
  if (field !== undefined) return places(dataset, field, options);
  if (batch !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--batch 只与 --field 同用',
      en: '--batch goes with --field',
    });
  const path = `/v1/datasets/${encodeURIComponent(dataset)}/quality`;
  const found = await asReviewer(
    options,
    async (client) => bodyOf(await client.get(path)) as unknown as Quality,
  );
  if (options.json === true) {
    data(JSON.stringify({ ok: true, ...found }));
    return;
  }
  printQuality(found);
}

export function printQuality({ grade, score, batches, problems }: Quality): void {
  const head = say({
    zh: '批次|发布|行|问题|有效|完整|唯一|及时',
    en: 'batch|published|rows|bad|valid|complete|unique|in time',
  });
  const rows = batches.map((one) => [
    ...[one.batch, dayOfMoment(one.publishedAt), String(one.rows), String(one.bad)],
    ...parts.map((part) => percent(one.parts[part])),
  ]);
  dataLines(columns([head.split('|'), ...rows], new Set([2, 3, 4, 5, 6, 7])));
  dataLines(
    problems.map(
      ({ rule, header, count, lines }) =>
        `${count} × ${rule}  ${header}  ${say({ zh: '行', en: 'lines' })} ${lines.join(', ')}${count > lines.length ? ' …' : ''}`,
    ),
  );
  if (grade === undefined) talk({ zh: '还没有已发布的批次', en: 'nothing was published yet' });
  else talk({ zh: `等级 ${grade}（${percent(score)}）`, en: `grade ${grade} (${percent(score)})` });
}

/** Datasets with the grade of each week in which a batch was published. */
async function weeks({ department, json, ...options }: QualityOptions): Promise<void> {
  const pages = await asReviewer(options, async (client) => {
    const read: QualityWeeks[] = [];
    for await (const page of pagesOf(getFrom(client), '/v1/quality', { department }))
      read.push(page as unknown as QualityWeeks);
    return read;
  });
  const mondays = pages[0]?.weeks ?? [];
  const datasets = pages.flatMap((page) => page.datasets);
  if (json === true) {
    data(JSON.stringify({ ok: true, weeks: mondays, datasets }));
    return;
  }
  const head = [say({ zh: '数据资源', en: 'dataset' }), ...mondays.map((monday) => monday.slice(5))];
  const rows = datasets.map((one) => [
    one.dataset,
    ...mondays.map((monday) => {
      const found = one.weeks.find(({ week }) => week === monday);
      return found === undefined ? '–' : `${found.grade} ${percent(found.score)}`;
    }),
  ]);
  dataLines(columns([head, ...rows]));
  if (datasets.length === 0) talk({ zh: '没有接收报送的数据资源', en: 'no dataset receives files or rows' });
}

/** The places where a field is empty, and where its value repeats: in the newest batch where none is named. */
async function places(dataset: string, field: string, options: QualityOptions): Promise<void> {
  const found = await asReviewer(options, async (client) => {
    const ask = async <T>(path: string): Promise<T> => bodyOf(await client.get(path)) as unknown as T;
    if (options.batch !== undefined) {
      const named = await ask<Batch>(`/v1/batches/${encodeURIComponent(options.batch)}`);
      if (named.dataset !== dataset)
        throw new VerbFailure(exitCode.usage, {
          zh: `批次 ${named.batch} 属于数据资源 ${named.dataset}`,
          en: `the batch ${named.batch} is of the dataset ${named.dataset}`,
        });
    }
    const batch =
      options.batch ??
      (await ask<Quality>(`/v1/datasets/${encodeURIComponent(dataset)}/quality`)).batches[0]?.batch;
    if (batch === undefined)
      throw new VerbFailure(exitCode.refused, {
        zh: '还没有已发布的批次',
        en: 'nothing was published yet',
      });
    return ask<FieldPlaces>(`/v1/batches/${encodeURIComponent(batch)}/fields/${encodeURIComponent(field)}`);
  });
  if (options.json === true) {
    data(JSON.stringify({ ok: true, ...found }));
    return;
  }
  const { batch, rows, empty, again, corrects } = found;
  const lines = ({ count, lines: first }: FieldPlaces['empty']): string =>
    count === 0
      ? ''
      : `  ${say({ zh: '行', en: 'lines' })} ${first.join(', ')}${count > first.length ? ' …' : ''}`;
  data(say({ zh: `空缺 ${empty.count} / ${rows}`, en: `empty ${empty.count} of ${rows}` }) + lines(empty));
  const least = again.whole ? { zh: '', en: '' } : { zh: '至少 ', en: 'at least ' };
  data(
    say({
      zh: `值已出现过 ${least.zh}${again.count} / ${rows}`,
      en: `a value again ${least.en}${again.count} of ${rows}`,
    }) + lines(again),
  );
  talk({ zh: `批次 ${batch}`, en: `batch ${batch}` });
  if (corrects !== undefined)
    talk({
      zh: `其余的行在所更正批次 ${corrects} 的文件中`,
      en: `its other rows are in the file of batch ${corrects}, which it corrects`,
    });
}

const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(1)}%`;
