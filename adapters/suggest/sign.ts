/** Doubts and warnings of a reader about a sample, by rule: a person reviews them before using a draft. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import type { RecordBatch } from '../reading/reader.ts';

export interface Sign {
  readonly rule: string;
  readonly severity: 'doubt' | 'warning';
  /** of the first place */
  readonly message: Bilingual;
  readonly places: number;
}

/** By rule. */
export type Signs = ReadonlyMap<string, Sign>;

export function addSigns(signs: Map<string, Sign>, batch: RecordBatch): void {
  const add = ({ rule, message }: RowProblem, severity: Sign['severity']): void => {
    const known = signs.get(rule);
    signs.set(rule, { rule, severity, message: known?.message ?? message, places: (known?.places ?? 0) + 1 });
  };
  for (const { problem } of batch.doubts) add(problem, 'doubt');
  for (const problem of batch.warnings) add(problem, 'warning');
}

/** `in doubt: xlsx.scaled … (12 places)` */
export const signText = ({ rule, severity, message, places }: Sign): Bilingual => ({
  zh: `${severity === 'doubt' ? '存疑' : '警告'}：${rule} ${message.zh}（${places} 处）`,
  en: `${severity === 'doubt' ? 'in doubt' : 'warning'}: ${rule} ${message.en} (${places} ${places === 1 ? 'place' : 'places'})`,
});
