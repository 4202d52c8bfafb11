import type { StreamNote } from '../../certs/streamEnd.ts';
import { talk } from './verb.ts';

/** Prints how many rows of a stream or file are in doubt, and their positions: from 0, in order of arrival. */
export function printNotes(notes: readonly StreamNote[]): void {
  const records = notes.flatMap(({ code, records: places }) => (code === 'under-correction' ? places : []));
  if (records.length === 0) return;
  const first = `${records.slice(0, 20).join(', ')}${records.length > 20 ? ', …' : ''}`;
  talk({
    zh: `  核实中：${records.length} 行所涉的人有未答复的校核或异议（第 ${first} 行，自 0 起），请按纸质材料办理`,
    en: `  under correction: objections are open against data about the persons of ${records.length} rows (rows ${first}, counted from 0); proceed on paper`,
  });
}
