/** The claims that evidence proves and those it cannot, as text: the same on screen and on paper. */
import { inBothLanguages } from '../../terms/factWords.ts';
import { missingText } from '../missing.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { firstGap, type ChoiceCheck, type ReadEntry } from './checkChoice.ts';
import { destroyedText, reportedAmong, type DestroyedUnit } from './destroyedAmong.ts';
import type { EvidenceFile } from './evidenceFile.ts';

/** The parsed and checked evidence that the texts describe. */
interface Read {
  readonly file: Pick<
    EvidenceFile,
    'question' | 'chosen' | 'size' | 'range' | 'telling' | 'missing' | 'moreMissing'
  >;
  readonly complete: ChoiceCheck['complete'];
  readonly entries: readonly ReadEntry[];
  /** units whose destruction entries among them record */
  readonly destroyed: readonly DestroyedUnit[];
  /** decisions that were evaluated again */
  readonly replayed: {
    readonly same: number;
    readonly possible: number;
    readonly unknown: number;
    /** documents of their sets whose texts are not in the evidence */
    readonly unread: readonly string[];
  };
}

/** The question, as its members. */
export const questionText = ({ file }: Pick<Read, 'file'>): Bilingual => {
  const requested = Object.entries(file.question).map(([name, value]) => ({
    name: inBothLanguages('label', name),
    value: String(value),
  }));
  return {
    zh: requested.map(({ name, value }) => `${name.zh} = ${value}`).join('；'),
    en: requested.map(({ name, value }) => `${name.en} = ${value}`).join('; '),
  };
};

/** The part of the log that the evidence covers, and its missing entries. 完好 is only used for the whole log. */
export function extentText(read: Pick<Read, 'file' | 'complete' | 'entries' | 'destroyed'>): Bilingual {
  const [here, gone] = [extentHere(read), missingText(read.file)];
  return gone === undefined ? here : { zh: `${here.zh}；${gone.zh}`, en: `${here.en}; ${gone.en}` };
}

function extentHere({
  file,
  complete,
  entries,
  destroyed,
}: Pick<Read, 'file' | 'complete' | 'entries' | 'destroyed'>): Bilingual {
  const [chosen, size] = [file.chosen.length, file.size];
  if (complete === 'range' && file.range !== undefined) {
    const { first, last } = file.range;
    const gap = firstGap(file.range, entries, destroyed);
    if (gap !== undefined) {
      const here = entries.filter(({ index }) => first <= index && index <= last).length;
      return {
        zh: `第 ${first}–${last} 条中仅 ${here} 条在此，符合所问的 ${chosen} 条均已标出；不完整：第 ${gap} 条不在此；日志当时共 ${size} 条，对其余条目不作任何说明`,
        en: `of the entries from ${first} to ${last} only ${here} are here, and the ${chosen} that answer are marked; it is not complete: entry ${gap} is not here; the log had ${size} entries then, and nothing is said about the others`,
      };
    }
    const gone = destroyedText(destroyed.filter((unit) => unit.first <= last && first <= unit.last));
    if (gone.en !== '') {
      const here = entries.filter(({ index }) => first <= index && index <= last).length;
      return {
        zh: `第 ${first}–${last} 条中未销毁的全部在此（${here} 条），符合所问的 ${chosen} 条均已标出；${gone.zh}，对销毁的条目不作任何说明；日志当时共 ${size} 条，对其余条目不作任何说明`,
        en: `every entry from ${first} to ${last} that was not destroyed is here (${here}), and the ${chosen} that answer are marked; ${gone.en}, and nothing is said about those; the log had ${size} entries then, and nothing is said about the others`,
      };
    }
    return {
      zh: `第 ${first}–${last} 条全部在此（${entries.length} 条），符合所问的 ${chosen} 条均已标出；日志当时共 ${size} 条，对其余条目不作任何说明`,
      en: `every entry from ${first} to ${last} is here (${entries.length}), and the ${chosen} that answer are marked; the log had ${size} entries then, and nothing is said about the others`,
    };
  }
  const gone = destroyedText(unitsAsked(file, reportedAmong(entries, file.telling ?? [])));
  const zh = `符合所问的条目 ${chosen} 条，逐条核验；不含其余条目，因此不证明没有别的条目：日志当时共 ${size} 条`;
  const en = `${chosen} entries that answer, each proven; others are not here, so it does not prove that there are no more: the log had ${size} entries then`;
  if (gone.en === '') return { zh, en };
  return {
    zh: `${zh}；${gone.zh}，其中有无符合所问的条目已不可知`,
    en: `${en}; ${gone.en}, and whether any of those answered is not known any more`,
  };
}

/** Destroyed units that may have contained answers: in the requested range, and not entirely older than the requested time. */
function unitsAsked(
  { question: { first = 0, last = Infinity, from }, size }: Pick<EvidenceFile, 'question' | 'size'>,
  units: readonly DestroyedUnit[],
): readonly DestroyedUnit[] {
  const since = from === undefined ? -Infinity : Date.parse(from);
  return units.filter(
    (unit) =>
      unit.first < size && unit.first <= last && first <= unit.last && Date.parse(unit.newest) >= since,
  );
}

export function replayText({
  replayed: { same, possible, unknown, unread },
}: Pick<Read, 'replayed'>): Bilingual {
  const zh = `按当时的文档重新判定：${same} 次相同，${possible} 次在条目所载范围内无出入，${unknown} 次缺少文档未能重判`;
  const en = `decided again by the documents of their time: ${same} the same, ${possible} with no contradiction in the entries, ${unknown} not, for want of documents`;
  if (unread.length === 0) return { zh, en };
  return {
    zh: `${zh}；文档集中另有 ${unread.length} 份文档的原文不在此，其中如有约束，则未计入`,
    en: `${en}; the texts of ${unread.length} other documents of their sets are not here, and a restriction among these was not applied`,
  };
}

export const proves: readonly Bilingual[] = [
  {
    zh: '每一条目在签名检查点时已在日志中，之后未被改动、换位或替换（包含证明与签名）。',
    en: 'Each entry was in the log when its checkpoint was signed, and was not altered, moved or replaced since (inclusion proof and signature).',
  },
  {
    zh: '谁以哪个部门的密钥、为哪个办件、依据哪份共享协议请求，得到哪些数据项、如何脱敏，或因何被拒绝。',
    en: 'Who asked with which department’s key, for which case, under which agreement, and which fields left with which mask, or why it was refused.',
  },
  {
    zh: '日志所记的判定是否出自当时的共享协议与约束（按摘要重新判定）。',
    en: 'Whether the logged decisions follow from the agreements and restrictions of their time (decided again by digest).',
  },
  {
    zh: '“全部在此”仅指所写明的区间；区间外不作说明。',
    en: '«Every entry is here» is said of the range that is named, and of nothing outside it.',
  },
];

export const cannotProve: readonly Bilingual[] = [
  {
    zh: '数据的内容：日志不含任何字段值、姓名或证件号码。',
    en: 'What the data were: the log holds no value, name or identifier.',
  },
  {
    zh: '条目涉及哪个人：由枢纽按密钥化令牌查得，令牌不在条目中。',
    en: 'Which person an entry concerns: the hub found that by keyed tokens, which are not in the entries.',
  },
  {
    zh: '经办人和办件是否真实存在：二者由请求部门签名声明。',
    en: 'Whether the official and the case exist: the asking department signed that they do.',
  },
  {
    zh: '按枢纽所给文档之外的约束判定是否相同：文档集只记文档的名称和摘要，不记其为协议还是约束；事件按预案开放的时间、行的筛选条件与查询的值也不在条目中。',
    en: 'That the decisions agree with restrictions whose texts the hub left out: a set names its documents by name and digest, not by kind. Nor that an event of a response plan was open, or which rows and values were asked for: entries do not hold these.',
  },
  {
    zh: '绕过枢纽的访问；以及与文档一同生效的名录（部门、使用场景、暂停状态）和数据集标准是否如此：二者由枢纽留存，条目只记文档集的摘要。',
    en: 'Access that bypassed the hub; and the registries (departments, purposes, suspensions) and schema versions, which the hub stored while entries name only the documents.',
  },
  {
    zh: '在没有外部留存的检查点、回执或见证时，持有日志私钥者不会另造一份日志：请用 --checkpoint 或 --witness 对照。',
    en: 'That a thief of the log’s key did not make another log, unless a checkpoint, receipt or witness from outside is compared with it (--checkpoint, --witness).',
  },
];

/** Frequent questions, and where to find their answers. */
export const questions: readonly (readonly [Bilingual, Bilingual])[] = [
  [
    { zh: '谁查看过？', en: 'Who looked?' },
    { zh: '“部门”“经办人”两栏', en: 'columns “department” and “official”' },
  ],
  [
    { zh: '什么时候？', en: 'When?' },
    { zh: '“时间”一栏，北京时间', en: 'column “time”, China’s time' },
  ],
  [
    { zh: '为哪件事？', en: 'For which case?' },
    { zh: '“办件”一栏，部门签名声明', en: 'column “case”, as the department signed it' },
  ],
  [
    { zh: '看到了什么？', en: 'What did they see?' },
    { zh: '“数据项”一栏；括号内为脱敏方式', en: 'column “fields”; the mask in brackets' },
  ],
  [
    { zh: '凭什么？', en: 'By what right?' },
    { zh: '“依据”一栏；协议全文按摘要附后', en: 'column “basis”; the agreement’s text by its digest' },
  ],
  [
    { zh: '有没有被拒绝的？', en: 'Was anything refused?' },
    { zh: '“结果”一栏写明代码', en: 'column “outcome” with its code' },
  ],
  [
    { zh: '记录会不会被改过？', en: 'Could the record have been altered?' },
    { zh: '用 datong audit verify 在任何电脑上核验', en: 'datong audit verify shows on any machine' },
  ],
];
