/** A time without answers: a version takes the place of the one in force when it is approved, and answers from its own term on. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { readTime } from '../documents/documentChecks.ts';
import type { PolicyDocument } from '../documents/storedDocument.ts';
import type { Plans } from '../plans.ts';

export interface AnswerGap {
  /** the version that answers now, or would before the new one does */
  readonly version: number;
  /** RFC 3339, as the document says it: nothing is answered before; absent: its term is over, and nothing is answered any more */
  readonly until?: string;
  /** that version is suspended: nothing breaks off, and nothing would be answered if it were resumed */
  readonly stopped?: true;
}

/**
 * What would be answered under the version that stands and is not under the document; undefined where nothing is lost.
 * @param plans what stands
 * @param now Unix milliseconds: when the document would come into force
 */
export function gapOf({ agreements }: Plans, document: PolicyDocument, now: number): AnswerGap | undefined {
  if (document.kind !== 'Agreement') return undefined;
  const standing = agreements.get(document.id);
  if (standing === undefined) return undefined;
  const over = (readTime(document.valid.until) ?? -Infinity) <= now;
  const begins = over ? Infinity : (readTime(document.valid.from) ?? Infinity);
  if (Math.max(now, standing.from) >= Math.min(standing.until, begins)) return undefined;
  const { version } = standing.agreement;
  const stopped = standing.suspended ? ({ stopped: true } as const) : {};
  return over ? { version, ...stopped } : { version, until: document.valid.from, ...stopped };
}

/** Whether who was told of one was told of the other. */
export const sameGap = (one: AnswerGap | undefined, other: AnswerGap | undefined): boolean =>
  one?.version === other?.version && one?.until === other?.until;

/** What nobody would expect of a newer version: that until its day nothing is answered. */
export const gapSentence = (gap: AnswerGap): Bilingual =>
  gap.stopped === undefined ? breakSentence(gap) : stoppedSentence(gap);

const stoppedSentence = ({ version, until }: AnswerGap): Bilingual =>
  until === undefined
    ? {
        zh: `批准后，已暂停的第 ${version} 版即告结束，而本版期限已过：即使恢复，也不再有任何应答`,
        en: `version ${version}, which is suspended, ends with the approval, and the term of this one is over: nothing is answered any more, resumed or not`,
      }
    : {
        zh: `批准后，已暂停的第 ${version} 版即告结束；到 ${until} 本版开始之前，即使恢复也没有任何应答`,
        en: `version ${version}, which is suspended, ends with the approval; until ${until}, when this one begins, nothing is answered, resumed or not`,
      };

const breakSentence = ({ version, until }: AnswerGap): Bilingual =>
  until === undefined
    ? {
        zh: `批准后，在用的第 ${version} 版即告结束，而本版期限已过：不再有任何应答`,
        en: `version ${version}, which is in force, ends with the approval, and the term of this one is over: nothing is answered any more`,
      }
    : {
        zh: `批准后，在用的第 ${version} 版即告结束；到 ${until} 本版开始之前，没有任何应答。不愿中断的，请到那天再批准，或请对方改写起始时间`,
        en: `version ${version}, which is in force, ends with the approval; until ${until}, when this one begins, nothing is answered. To go on without a break approve it on that day, or have it written to begin earlier`,
      };
