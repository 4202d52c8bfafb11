/** A period without answers: an approved version replaces the one in force at once, but answers only from the start of its own term. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { readTime } from '../documents/documentChecks.ts';
import type { PolicyDocument } from '../documents/storedDocument.ts';
import type { Plans } from '../plans.ts';

export interface AnswerGap {
  /** the version that answers now, or would until the new one is in force */
  readonly version: number;
  /** RFC 3339, as written in the document: no request is answered before; absent: its term is over, and no request is answered any more */
  readonly until?: string;
  /** that version is suspended: no service is interrupted, but none would be available if it were resumed */
  readonly stopped?: true;
}

/**
 * What the version in force would answer and the document would not; undefined where nothing is lost.
 * @param plans the documents in force
 * @param now Unix milliseconds: when the document would come into force
 */
export function gapOf({ agreements }: Plans, document: PolicyDocument, now: number): AnswerGap | undefined {
  if (document.kind !== 'Agreement') return undefined;
  const current = agreements.get(document.id);
  if (current === undefined) return undefined;
  const over = (readTime(document.valid.until) ?? -Infinity) <= now;
  const begins = over ? Infinity : (readTime(document.valid.from) ?? Infinity);
  if (Math.max(now, current.from) >= Math.min(current.until, begins)) return undefined;
  const { version } = current.agreement;
  const stopped = current.suspended ? ({ stopped: true } as const) : {};
  return over ? { version, ...stopped } : { version, until: document.valid.from, ...stopped };
}

/** Whether a notification of one gap also covers the other. */
export const sameGap = (one: AnswerGap | undefined, other: AnswerGap | undefined): boolean =>
  one?.version === other?.version && one?.until === other?.until;

/** Sentence that warns of an unexpected effect of a newer version: no request is answered until its term begins. */
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
