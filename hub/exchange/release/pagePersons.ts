/** Whom the rows of a page are about: their tokens for the log, and each of them again where somebody asks. */
import type { Page } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** Of each row, its person. */
export type Persons = () => readonly (Uint8Array | undefined)[];

/** @returns what holds the persons, and not the rows they were read with */
export function personsOf(page: Pick<Page, 'rows' | 'columns'>): Persons {
  if (page.columns !== undefined) return page.columns.persons;
  const each = page.rows.map(({ subject }) => subject);
  return () => each;
}

/** A token for each row's subject; doubles are dropped with the entry. */
export function tokensOf(
  { keys }: Pick<ReleaseServices, 'keys'>,
  page: Pick<Page, 'rows' | 'columns'>,
  now: number,
): Uint8Array {
  const subjects =
    page.columns?.subjects ??
    Buffer.concat(page.rows.map(({ subject }) => subject).filter((one) => one !== undefined));
  return subjects.length === 0 ? subjects : keys.logTokens(subjects, now);
}
