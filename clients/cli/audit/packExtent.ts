/** What a verification of a pack says that everything is: 完好 only of a log that is here whole. */
import { destroyedText } from '../../../log/pack/destroyedAmong.ts';
import type { PackCheck } from '../../../log/pack/verifyPack.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { extentsOfAll } from './extents.ts';

/** @param heads number of kept checkpoints. Of anything less than the whole log is said what is left out. */
export function packExtent(
  { checkpoint, entries, whole, leftOut, destroyed, exchanges }: PackCheck,
  heads: number,
): Bilingual {
  const [origin, size] = [checkpoint?.origin ?? '', checkpoint?.size ?? 0];
  const extents = extentsOfAll(exchanges.map(({ parts }) => parts));
  const beside = {
    zh: `留存检查点 ${heads} 个、回执 ${exchanges.length} 份均一致${exchanges.length === 0 ? '' : `（${extents.zh}）`}`,
    en: `kept checkpoints (${heads}) and receipts (${exchanges.length}) agree${exchanges.length === 0 ? '' : ` (${extents.en})`}`,
  };
  if (whole) {
    return {
      zh: `日志完好：${origin}，${size} 条全部在此并逐条核验；${beside.zh}`,
      en: `the log is intact: ${origin}, all ${size} entries are here and proven one by one; ${beside.en}`,
    };
  }
  const gone = destroyedText(destroyed);
  if (leftOut.length === 0) {
    return {
      zh: `日志完好：${origin} 共 ${size} 条，未销毁的 ${entries.length} 条全部在此并逐条核验；${gone.zh}；${beside.zh}`,
      en: `the log is intact: ${origin} has ${size} entries; all ${entries.length} that were not destroyed are here and proven one by one; ${gone.en}; ${beside.en}`,
    };
  }
  const gaps = rangesText(leftOut);
  return {
    zh: `所附条目成立，但不是整个日志：${origin} 共 ${size} 条，此处 ${entries.length} 条逐条核验；未包含第 ${gaps} 条，对它们不作任何说明；${gone.zh === '' ? '' : `${gone.zh}；`}${beside.zh}`,
    en: `what is here holds, but it is not the whole log: ${origin} has ${size} entries, ${entries.length} of them are proven here; left out, and nothing is said about them: ${gaps}; ${gone.en === '' ? '' : `${gone.en}; `}${beside.en}`,
  };
}

const mostRanges = 8;

function rangesText(ranges: PackCheck['leftOut']): string {
  const shown = ranges
    .slice(0, mostRanges)
    .map(({ first, end }) => (end - first === 1 ? `${first}` : `${first}–${end - 1}`));
  return [...shown, ...(ranges.length > mostRanges ? [`… (${ranges.length})`] : [])].join(', ');
}
