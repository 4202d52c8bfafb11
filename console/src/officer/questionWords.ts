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
