/** Checks whether the entries chosen by evidence are those that answer its question, from the entries alone. */
import { answers, type EntryQuestion } from '../entryQuestion.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import type { Leaf } from '../leaf.ts';
import type { DestroyedUnit } from './destroyedAmong.ts';
import type { EvidenceFile } from './evidenceFile.ts';

/** A parsed entry of the log. */
export interface ReadEntry {
  readonly index: number;
  readonly leaf: Leaf;
}

export interface ChoiceCheck {
  readonly findings: readonly LogFinding[];
  /**
   * `range`: all entries of the range are present, except those that an entry records as destroyed, and the answers are marked. `choice`:
   * the chosen entries are present; there is no statement about others.
   */
  readonly complete: 'range' | 'choice';
}

/**
 * @param entries the proven ones, ascending
 * @param destroyed units whose destruction entries among them record
 */
export function checkChoice(
  file: EvidenceFile,
  entries: readonly ReadEntry[],
  destroyed: readonly Pick<DestroyedUnit, 'first' | 'last'>[] = [],
): ChoiceCheck {
  const {
    first = 0,
    last = Infinity,
    whole: _whole,
    subject,
    unsearchableYears: _years,
    ...requested
  } = file.question;
  const question: EntryQuestion = requested;
  const chosen = new Set(file.chosen);
  const present = new Set(entries.map(({ index }) => index));
  const isInRange = (index: number): boolean => index >= first && index <= last && index < file.size;
  const absent = [...chosen, ...(file.telling ?? [])].filter((index) => !present.has(index));
  // entries reported as missing must be absent, and would be answers
  const notMissing = (file.missing ?? []).filter((index) => present.has(index) || !isInRange(index));
  // only evidence about a person has attempts: entries of a release that returned none of their rows
  const notAttempted = file.attempts.filter((index) => subject === undefined || !chosen.has(index));
  const findings: LogFinding[] = [
    ...absent.map((index) => logFinding('evidence_incomplete', { index })),
    ...[...notMissing, ...notAttempted].map((index) => logFinding('evidence_choice', { index })),
  ];
  for (const { index, leaf } of entries) {
    const isAnswer = isInRange(index) && answers(leaf, question);
    // an entry does not name its subjects: of evidence about a person, entries that were not chosen are not judged
    const isWrong = chosen.has(index) ? !isAnswer : isAnswer && subject === undefined;
    if (isWrong) findings.push(logFinding('evidence_choice', { index, exchange: leaf.id }));
  }
  if (file.range === undefined) return { findings, complete: 'choice' };
  const gap = firstGap(file.range, entries, destroyed);
  if (gap !== undefined) findings.push(logFinding('evidence_incomplete', { index: gap }));
  return { findings, complete: 'range' };
}

/** The first entry of a range that is neither present nor destroyed; undefined if there is none. */
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
