/** Entries that belong in an answer, as far as search index and subject tokens tell, and that the log does not have: somebody took them out. */
import type { Bilingual } from '../terms/bilingual.ts';

/** As answers and evidence name them. What was destroyed when its time was over is not among them. */
export interface Missing {
  /** indexes; absent where none is missing */
  readonly missing?: readonly number[];
  /** there are more than are named */
  readonly moreMissing?: true;
}

/** Stretches that words name; of more it is said that they are more. */
const mostStretches = 40;

/** What of an answer is gone, in words; undefined where nothing is. */
export function missingText({ missing = [], moreMissing }: Missing): Bilingual | undefined {
  if (missing.length === 0) return undefined;
  const stretches = stretchesOf(missing);
  const more = stretches.length > mostStretches ? [`… (${stretches.length - mostStretches})`] : [];
  const named = [...stretches.slice(0, mostStretches), ...more];
  const [least, atLeast] = moreMissing === true ? ['至少', 'at least '] : ['', ''];
  return {
    zh: `另有${least} ${missing.length} 条应在此列，日志中却没有，被人取走：第 ${named.join('、')} 条`,
    en: `${atLeast}${missing.length} more belong here and are not in the log, somebody took them out: ${named.join(', ')}`,
  };
}

/** Numbers one after the other as one, ascending: 7, 12–40. */
function stretchesOf(indexes: readonly number[]): readonly string[] {
  const stretches: { first: number; last: number }[] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const stretch = stretches.at(-1);
    if (stretch?.last === index - 1) stretch.last = index;
    else stretches.push({ first: index, last: index });
  }
  return stretches.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
}

/** To a person herself, who is told how many entries about her are gone and no more. */
export const missingAboutHer = (missing: number): Bilingual => ({
  zh: `另有 ${missing} 条涉及您的记录已不在日志中，被人取走：谁查了什么已不可知。请向数据主管部门的审计人员反映`,
  en: `${missing} more entries about you are gone from the log, somebody took them out: who looked at what is not known any more. Tell the auditors of the data office`,
});
