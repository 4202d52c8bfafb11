/** Whom the rows of a page are about: their tokens for the log, and each of them again where somebody asks. */
import { subjectLength } from '../../store/rows/rowsByColumn.ts';
import type { Page } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** Of each row, its person. */
export type Persons = () => readonly (Uint8Array | undefined)[];

/** @returns what holds the persons, and not the rows they were read with */
export function personsOf({ rows, subjects }: Pick<Page, 'rows' | 'subjects'>): Persons {
  if (subjects !== undefined)
    return () =>
      Array.from({ length: subjects.length / subjectLength }, (_, at) =>
        subjects.subarray(at * subjectLength, (at + 1) * subjectLength),
      );
  const each = rows.map(({ subject }) => subject);
  return () => each;
}

/** A token for each row's subject; doubles are dropped with the entry. */
export function tokensOf(
  { keys }: Pick<ReleaseServices, 'keys'>,
  { rows, subjects }: Pick<Page, 'rows' | 'subjects'>,
  now: number,
): readonly string[] {
  const all =
    subjects ?? Buffer.concat(rows.flatMap(({ subject }) => (subject === undefined ? [] : [subject])));
  return all.length === 0 ? [] : keys.logTokens(all, now);
}
