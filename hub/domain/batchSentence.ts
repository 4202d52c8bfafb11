/** One sentence that says what came of a file, for whoever has to report it. Pure. */
import { fill, type Bilingual } from '../../terms/bilingual.ts';
import { civilDateInChina, timeInChina } from '../../terms/civilDate.ts';
import type { BatchState } from './batch.ts';

/** What came of it; none of a batch that has not ended yet. */
const outcomes: Readonly<Partial<Record<BatchState, Bilingual>>> = {
  held: { zh: '被搁置，待人核定', en: 'held until a person decides' },
  prepared: { zh: '已备妥，待换版', en: 'prepared for the version that the dataset goes over to' },
  published: { zh: '已发布', en: 'published' },
  superseded: { zh: '已被取代', en: 'superseded' },
  rejected: { zh: '被退回', en: 'rejected' },
  dropped: { zh: '已作废', en: 'dropped' },
  failed: { zh: '未能读取', en: 'could not be read' },
  expired: { zh: '已过期', en: 'expired' },
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

interface Ended {
  readonly id: string;
  readonly dataset: string;
  /** as whoever sent it named it */
  readonly fileName: string | null;
  readonly state: BatchState;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly counts: { readonly records: number; readonly rows: number; readonly bad: number } | undefined;
}

/** undefined while nothing came of it yet. Its moment is that of its beginning, in China. */
export function batchSentence(batch: Ended): Bilingual | undefined {
  const outcome = outcomes[batch.state];
  if (outcome === undefined) return undefined;
  const counted =
    batch.counts === undefined
      ? { zh: '', en: '' }
      : fill(
          {
            zh: '共 {records} 条，合格 {rows} 行，有问题 {bad} 行，',
            en: '{records} records, {rows} good rows, {bad} with problems, ',
          },
          { records: batch.counts.records, rows: batch.counts.rows, bad: batch.counts.bad },
        );
  const { year, month, day } = civilDateInChina(batch.openedAt);
  const time = timeInChina(new Date(batch.openedAt).toISOString()).slice(11, 16);
  const when = {
    zh: `${year}年${month}月${day}日 ${time}`,
    en: `${day} ${months[month - 1] ?? ''} ${year}, ${time}`,
  };
  const file = batch.fileName ?? { zh: '数据', en: 'data' };
  return fill(
    {
      zh: '{when}，{file} 报送至 {dataset}：{counted}{outcome}；批次 {batch}。',
      en: '{when}: {file} submitted to {dataset}: {counted}{outcome}; batch {batch}.',
    },
    {
      ...{ when, file, dataset: batch.dataset },
      ...{ counted, outcome, batch: batch.id },
    },
  );
}
