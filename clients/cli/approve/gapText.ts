import { gapSentence, type AnswerGap } from '../../../policies/questions/gapOf.ts';
import { say } from '../verb.ts';

/** Describes a period without answers to the person who decides. */
export function gapText(gap: AnswerGap): string {
  const { zh, en } = gapSentence(gap);
  return say({ zh: `注意：${zh}`, en: `mind: ${en}` });
}
