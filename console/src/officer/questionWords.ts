import { dayInChina } from '../../../terms/civilDate.ts';
import type { Schemas } from '../api/call.ts';
import { isWord } from '../parts/State.tsx';
import type { Spoken } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import type { Asked } from './question.ts';

/** The label of each part of a question. */
export const askedWords: Readonly<Record<Asked, keyof Words>> = {
  dataset: 'dataset',
  official: 'official',
  matter: 'matter',
  agreement: 'agreement',
  purpose: 'samplePurpose',
  field: 'askField',
  code: 'reason',
  operation: 'operation',
  schema: 'askSchema',
  person: 'askPerson',
  exchange: 'exchangeId',
  department: 'askDepartment',
  consumer: 'consumer',
  provider: 'provider',
  kind: 'kind',
  decision: 'decision',
  from: 'askFrom',
  until: 'askUntil',
  first: 'askFirst',
  last: 'askLast',
};

const departments: readonly string[] = ['department', 'consumer', 'provider'];

/** Each part of a stored question with its label, in words. @param name of a department */
export function questionFacts(
  question: Schemas['EvidenceQuestion'],
  { say, day }: Spoken,
  name: (code: string) => string,
): readonly (readonly [label: string, text: string])[] {
  return Object.entries(question).map(([part, value]) => {
    const text = String(value);
    if (part === 'subject') return [say('evSubjectIn'), text];
    if (part === 'whole') return [say('evWhole'), say('yes')];
    const label = say(askedWords[part as Asked]);
    if (part === 'from') return [label, day(text)];
    // the question ends before this moment: its last day is the one before
    if (part === 'until') return [label, day(dayInChina(Date.parse(text) - 1))];
    if (departments.includes(part)) return [label, name(text)];
    const word = part === 'kind' ? `k_${text}` : text;
    return [label, (part === 'kind' || part === 'decision') && isWord(word) ? say(word) : text];
  });
}
