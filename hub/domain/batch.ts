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
 * Acts on a batch. `resume` continues what a stopped hub left; `repeat` closes a batch whose exact bytes are current already. A held
 * batch waits for a person: `release` or `drop`. It is `overtaken` by a later published one, and `lapses` without a decision in time.
 * `correct` moves its good rows into the batch that brings the corrected ones. `restore` makes the previously current batch current
 * again. A batch under the version that its dataset changes over to is `prepared`; `switch` publishes it and `abandon` gives it up.
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

/**
 * The life of a submission (报送批次). `publish`, `release`, `restore` or `switch` makes all of its rows visible, or none.
 * hub/flows/intake/store obeys it.
 */
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

/** The person who decides a held batch, where its dataset names one. Pure: the time is an argument. */
export interface Named {
  readonly person: string;
  /** whether the named person may decide batches of this dataset: while not, any permitted person may decide */
  readonly able: boolean;
}

/**
 * Whether a person decides for the named person: the named person themselves, their deputy, or their permanent second.
 * @param now Unix milliseconds
 */
const speaksFor = (person: string, named: string, standIns: readonly StandIn[], now: number): boolean =>
  person === named ||
  standIns.some((one) => one.person === person && one.steward === named && lasts(one, now));

/**
 * Whether a person may give the next approval. The first belongs to the named person; the second to any other permitted person.
 * @param first who has given the first of two approvals already @param now Unix milliseconds
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

/* One sentence about the outcome of a file, for reports. Pure. */

/** The outcome; none of a batch that has not ended yet. */
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
  /** file name from the sender */
  readonly fileName: string | null;
  readonly state: BatchState;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly counts: { readonly records: number; readonly rows: number; readonly bad: number } | undefined;
}

/** undefined while there is no outcome yet. The moment in it is that of the batch's beginning, in China. */
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
      when,
      file,
      dataset: batch.dataset,
      counted,
      outcome,
      batch: batch.id,
    },
  );
}

/** Control totals (对账文件): the sender's statement of what its file holds. */
export type ControlTotals = {
  /** rows of the file, failing ones included; without those that the mapping leaves out */
  readonly rows?: number | undefined;
  /** decimal texts, by field or by the column that the mapping makes it from */
  readonly sums?: Readonly<Record<string, string>> | undefined;
  /** hex, of the whole file */
  readonly sha256?: string | undefined;
};
