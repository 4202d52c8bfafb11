import type { LifeCycle } from './lifeCycle.ts';
import { lasts, type StandIn } from './standIn.ts';
import { fill, type Bilingual } from '../../terms/bilingual.ts';
import { civilDateInChina, timeInChina } from '../../terms/civilDate.ts';

export type BatchState =
  | 'receiving'
  | 'checking'
  | 'held'
  | 'prepared'
  | 'published'
  | 'superseded'
  | 'rejected'
  | 'dropped'
  | 'failed'
  | 'expired';
/**
 * `resume` takes up what a hub left that has gone; `repeat` closes a batch whose very bytes are current already. A held batch waits for a
 * person: `release` or `drop`; it is `overtaken` by a later one that is published, and `lapses` when nobody decides in time; `correct` takes its good rows
 * into the batch that brings the mended ones. `restore`
 * puts back the batch that was current before. A batch under the version that its dataset goes over to is `prepared`; it is published by the
 * `switch`, or given up with `abandon`.
 */
export type BatchAct =
  | 'commit'
  | 'retry'
  | 'resume'
  | 'hold'
  | 'publish'
  | 'release'
  | 'drop'
  | 'overtake'
  | 'lapse'
  | 'correct'
  | 'supersede'
  | 'restore'
  | 'prepare'
  | 'switch'
  | 'abandon'
  | 'repeat'
  | 'reject'
  | 'fail'
  | 'expire';

/** A submission's life (报送批次). Rows become visible at `publish`, `release`, `restore` or `switch`, all of them or none. hub/flows/intake/store obeys it. */
export const batchLife: LifeCycle<BatchState, BatchAct> = {
  receiving: { commit: 'checking', repeat: 'superseded', expire: 'expired', abandon: 'dropped' },
  checking: {
    resume: 'checking',
    publish: 'published',
    hold: 'held',
    prepare: 'prepared',
    reject: 'rejected',
    fail: 'failed',
    abandon: 'dropped',
  },
  held: {
    release: 'published',
    drop: 'dropped',
    overtake: 'dropped',
    lapse: 'expired',
    correct: 'superseded',
  },
  prepared: { switch: 'published', abandon: 'dropped' },
  published: { supersede: 'superseded' },
  superseded: { restore: 'published' },
  rejected: {},
  dropped: {},
  failed: { retry: 'checking', repeat: 'superseded' },
  expired: {},
};

/** Whose word a held batch waits for, where its dataset names a person. Pure: the time is an argument. */
export interface Named {
  readonly person: string;
  /** whether she may decide batches of this dataset: while she may not, whoever may decides */
  readonly able: boolean;
}

/** Whether somebody's word is the named person's: her own, or that of who stands in for her, be it as deputy or as standing second. @param now Unix milliseconds */
const speaksFor = (person: string, named: string, standIns: readonly StandIn[], now: number): boolean =>
  person === named ||
  standIns.some((one) => one.person === person && one.steward === named && lasts(one, now));

/**
 * Whether a person may say the next word: the named one's comes first, and a second person's behind it is anybody's.
 * @param first who has said the first of two words already @param now Unix milliseconds
 */
export function mayDecide(
  person: string,
  { person: named, able }: Named,
  {
    first,
    standIns,
    now,
  }: { readonly first: string | undefined; readonly standIns: readonly StandIn[]; readonly now: number },
): boolean {
  if (!able || speaksFor(person, named, standIns, now)) return true;
  return first !== undefined && speaksFor(first, named, standIns, now);
}

/* One sentence that says what came of a file, for whoever has to report it. Pure. */

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

/** Control totals (对账文件): what a sender says its file holds. */
export type ControlTotals = {
  /** rows of the file, those that fail among them; not those that the mapping leaves out */
  readonly rows?: number | undefined;
  /** decimal texts, by field or by the column that the mapping makes it from */
  readonly sums?: Readonly<Record<string, string>> | undefined;
  /** hex, of the whole file */
  readonly sha256?: string | undefined;
};
