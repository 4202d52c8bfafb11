import type { Bilingual } from '../../../terms/bilingual.ts';
import { pullProblems } from '../../../terms/problems/pull.ts';

const sentences: Readonly<Record<string, { readonly text: Bilingual } | undefined>> = pullProblems;

/** Why a run failed: the sentence of its problem, where that needs no facts. @param outcome code of the problem */
export function pullOutcome(outcome: string): Bilingual {
  const text = sentences[outcome]?.text;
  return text === undefined || text.en.includes('{') ? { zh: '抽取未成功', en: 'the pull failed' } : text;
}
