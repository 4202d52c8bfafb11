import { missingText, type Missing } from '../../log/missing.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { talk } from './verb.ts';

const verify: Bilingual = { zh: '请运行 datong audit verify', en: 'Run datong audit verify' };
const report: Bilingual = {
  zh: '请告知数据主管部门的审计员',
  en: 'Inform the auditors of the data office',
};

/** Prints which parts of an answer are gone from the log, and what to do: a department cannot read the log, so it is shown who can. */
export function printMissing(answer: Missing, who: 'auditor' | 'department' = 'auditor'): void {
  const text = missingText(answer);
  const next = who === 'auditor' ? verify : report;
  if (text !== undefined) talk({ zh: `${text.zh}。${next.zh}`, en: `${text.en}. ${next.en}` });
}
