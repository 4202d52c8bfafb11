/** Whether the entries that evidence chose are those that answer its question: what it says is found again from the entries alone. */
import { answers, type EntryQuestion } from '../entryQuestion.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import type { Leaf } from '../leaf.ts';
import type { DestroyedUnit } from './destroyedAmong.ts';
import type { EvidenceFile } from './evidenceFile.ts';

/** An entry that is in the log, as it reads. */
export interface ReadEntry {
  readonly index: number;
  readonly leaf: Leaf;
}

export interface ChoiceCheck {
  readonly findings: readonly LogFinding[];
  /**
   * `range`: every entry of the range is here, but for those that one of them says were destroyed, and those that answer are marked. `choice`: the entries chosen are here, and nothing is said
   * about others.
   */
  readonly complete: 'range' | 'choice';
}

/**
 * @param entries those that are proven, ascending
 * @param destroyed units that entries among them tell were destroyed
 */
export function checkChoice(
  file: EvidenceFile,
  entries: readonly ReadEntry[],
  destroyed: readonly Pick<DestroyedUnit, 'first' | 'last'>[] = [],
): ChoiceCheck {
  const { first = 0, last = Infinity, whole: _whole, subject, ...requested } = file.question;
  const question: EntryQuestion = requested;
  const chosen = new Set(file.chosen);
  const here = new Set(entries.map(({ index }) => index));
  const findings: LogFinding[] = [];
  for (const index of [...chosen, ...(file.telling ?? [])])
    if (!here.has(index)) findings.push(logFinding('evidence_incomplete', { index }));
  // what is said to be gone is not here, and would be an answer
  for (const index of file.missing ?? [])
    if (here.has(index) || index < first || index > last || index >= file.size)
      findings.push(logFinding('evidence_choice', { index }));
  for (const index of file.attempts)
    if (!chosen.has(index)) findings.push(logFinding('evidence_choice', { index }));
  for (const { index, leaf } of entries) {
    const does = index >= first && index <= last && index < file.size && answers(leaf, question);
    // whom an entry concerns is not in it: of a person only what was chosen is compared with the rest of the question
    const wrong = chosen.has(index) ? !does : does && subject === undefined;
    if (wrong) findings.push(logFinding('evidence_choice', { index, exchange: leaf.id }));
  }
  if (file.range === undefined) return { findings, complete: 'choice' };
  const gap = firstGap(file.range, entries, destroyed);
  if (gap !== undefined) findings.push(logFinding('evidence_incomplete', { index: gap }));
  return { findings, complete: 'range' };
}

/** The first entry of a range that is neither here nor destroyed; undefined where all of it is accounted for. */
export function firstGap(
  { first, last }: NonNullable<EvidenceFile['range']>,
  entries: readonly Pick<ReadEntry, 'index'>[],
  destroyed: readonly Pick<DestroyedUnit, 'first' | 'last'>[],
): number | undefined {
  const here = new Set(entries.map(({ index }) => index));
  for (let index = first; index <= last; index += 1)
    if (!here.has(index) && !destroyed.some((unit) => unit.first <= index && index <= unit.last))
      return index;
  return undefined;
}
