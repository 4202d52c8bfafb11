/** A time without answers: a version takes the place of the one in force when it is approved, and answers from its own term on. */
import { readTime } from '../documents/checkTerm.ts';
import type { PolicyDocument } from '../documents/storedDocument.ts';
import type { Plans } from '../plans.ts';

export interface AnswerGap {
  /** the version that answers now, or would before the new one does */
  readonly version: number;
  /** RFC 3339, as the document says it: nothing is answered before; absent: its term is over, and nothing is answered any more */
  readonly until?: string;
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
  return over ? { version } : { version, until: document.valid.from };
}
