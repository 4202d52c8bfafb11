import type { EvidenceQuestion } from '../../../log/pack/evidenceFile.ts';
import type { StoryNames } from '../../../log/story.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import { sentenceOf } from '../../../terms/problemCatalogue.ts';
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

const labels: Readonly<Record<string, keyof Words>> = {
  ...askedWords,
  subject: 'evSubjectIn',
  whole: 'evWhole',
  unsearchableYears: 'unsearchable',
};

/** Parts that are codes of what has a name. */
const coded: Readonly<Record<string, Parameters<StoryNames['nameOf']>[0]>> = {
  department: 'department',
  consumer: 'department',
  provider: 'department',
  dataset: 'dataset',
  subject: 'dataset',
  purpose: 'purpose',
  operation: 'operation',
  person: 'person',
};

/** The datasets that a question names. */
export const datasetsIn = (question: EvidenceQuestion = {}): readonly string[] =>
  [question.dataset, question.subject].filter((one) => one !== undefined);

/** A part of a stored question in words. */
interface QuestionPart {
  readonly label: string;
  readonly text: string;
  /** what the question has, where the text is the name of a code */
  readonly code?: string;
}

/** Each part of a stored question with its label. @param names of what it names by code */
export function questionParts(
  question: EvidenceQuestion,
  spoken: Spoken,
  names: Pick<StoryNames, 'nameOf' | 'fieldName'>,
): readonly QuestionPart[] {
  return Object.entries(question).map(([part, value]) => {
    const label = labels[part];
    const text = partText(part, String(value), question.schema, spoken, names);
    return {
      label: label === undefined ? part : spoken.say(label),
      text,
      ...(coded[part] === undefined ? {} : { code: String(value) }),
    };
  });
}

/** The same as label and text. */
export const questionFacts = (
  ...asked: Parameters<typeof questionParts>
): readonly (readonly [label: string, text: string])[] =>
  questionParts(...asked).map(({ label, text }) => [label, text]);

function partText(
  part: string,
  text: string,
  schema: string | undefined,
  { say, pick, day }: Spoken,
  { nameOf, fieldName }: Pick<StoryNames, 'nameOf' | 'fieldName'>,
): string {
  const kind = coded[part];
  if (kind !== undefined) return nameOf(kind, text) ?? text;
  const word = (name: string): string => (isWord(name) ? say(name) : text);
  switch (part) {
    case 'whole':
      return say('yes');
    case 'from':
      return day(text);
    // the question ends before this moment: its last day is the one before
    case 'until':
      return day(dayInChina(Date.parse(text) - 1));
    case 'field':
      return fieldName(schema, text) ?? text;
    case 'code':
      return pick(sentenceOf(text)) || text;
    case 'kind':
      return word(`k_${text}`);
    case 'decision':
      return word(text);
    default:
      return text;
  }
}
