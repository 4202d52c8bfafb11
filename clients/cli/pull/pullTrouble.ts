import type { Bilingual } from '../../../terms/bilingual.ts';
import type { PullShown } from '../../sdk/listTypes.ts';

/** What the newest run met, when the next is due, and the command for a run once the cause is corrected: a paused pull refuses `run`. */
export function pullTrouble(
  dataset: string,
  { runs: [last], nextRunAt, pause }: Pick<PullShown, 'runs' | 'nextRunAt' | 'pause'>,
): Bilingual | undefined {
  if (last?.problem === undefined) return undefined;
  const batch =
    last.outcome === 'read' && last.batch !== undefined ? ` (datong batch show ${last.batch})` : '';
  const act = `datong dataset pull ${pause === undefined ? 'run' : 'resume'} ${dataset}`;
  return {
    zh: `最近一次没有成功：${last.problem}${batch}；${nextRunAt === undefined ? '没有待进行的抽取' : `下一次抽取：${nextRunAt}`}。排除原因后：${act}`,
    en: `the last run failed: ${last.problem}${batch}; ${nextRunAt === undefined ? 'no further run is due' : `the next run is due at ${nextRunAt}`}. Once the cause is corrected: ${act}`,
  };
}
