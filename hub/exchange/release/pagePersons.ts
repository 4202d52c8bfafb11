/** Whom the rows of a page are about: their tokens for the log, and each of them again where somebody asks. */
import type { FetchedRow } from '../../store/rows/fetch.ts';
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

type OfSubject = Pick<FetchedRow, 'subject'>;

/** A token for each row's subject; doubles are dropped with the entry. */
export function tokensOf(
  { keys }: Pick<ReleaseServices, 'keys'>,
  page: Pick<Page, 'columns'> & { readonly rows: readonly OfSubject[] },
  now: number,
): Uint8Array {
  const subjects =
    page.columns?.subjects ??
    Buffer.concat(page.rows.map(({ subject }) => subject).filter((one) => one !== undefined));
  return subjects.length === 0 ? subjects : keys.logTokens(subjects, now);
}

/**
 * Tokens made before it is known which rows leave, while the database looks for the consents of their persons. Those of rows that do not are
 * thrown away.
 */
export class TokensAhead {
  private readonly tokens = new Map<OfSubject, Uint8Array>();
  private readonly make: (rows: readonly OfSubject[]) => Uint8Array;

  constructor(services: Pick<ReleaseServices, 'keys'>, now: number) {
    this.make = (rows) => tokensOf(services, { rows }, now);
  }

  readonly add = (rows: readonly OfSubject[]): void => {
    const some = rows.filter(({ subject }) => subject !== undefined);
    const made = this.make(some);
    const width = made.length / some.length;
    for (const [at, row] of some.entries()) this.tokens.set(row, made.subarray(at * width, (at + 1) * width));
  };

  /** @param leaving rows, added or not */
  of(leaving: readonly OfSubject[]): Uint8Array {
    const known = leaving.map((row) => this.tokens.get(row)).filter((token) => token !== undefined);
    const others = leaving.filter((row) => !this.tokens.has(row));
    return Buffer.concat([...known, this.make(others)]);
  }
}
