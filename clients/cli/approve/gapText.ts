import { gapSentence, type AnswerGap } from '../../../policies/questions/gapOf.ts';
import { say } from '../verb.ts';

/** A time without answers, as whoever decides is told it. */
export function gapText(gap: AnswerGap): string {
  const { zh, en } = gapSentence(gap);
  return say({ zh: `注意：${zh}`, en: `mind: ${en}` });
}
