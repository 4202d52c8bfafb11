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

type OfSubject = Pick<FetchedRow, 'subject'>;

/**
 * Tokens made before it is known which rows leave, while the database looks for the consents of their persons. Those of rows that do not are
 * thrown away.
 */
export class TokensAhead {
  private readonly rows: OfSubject[] = [];
  private readonly tokens: Uint8Array[] = [];
  private readonly make: (rows: readonly OfSubject[]) => Uint8Array;

  constructor(services: Pick<ReleaseServices, 'keys'>, now: number) {
    this.make = (rows) => tokensOf(services, { rows: rows as readonly FetchedRow[] }, now);
  }

  readonly add = (rows: readonly OfSubject[]): void => {
    const some = rows.filter(({ subject }) => subject !== undefined);
    this.rows.push(...some);
    this.tokens.push(this.make(some));
  };

  /** @param leaving rows in the order in which they came, added or not */
  of(leaving: readonly OfSubject[]): Uint8Array {
    const known = Buffer.concat(this.tokens);
    const width = known.length / this.rows.length;
    const found: Uint8Array[] = [];
    const others: OfSubject[] = [];
    let at = 0;
    for (const row of leaving) {
      const behind = this.rows[at] === row ? at : this.rows.indexOf(row, at);
      if (behind < 0) {
        others.push(row);
        continue;
      }
      at = behind + 1;
      found.push(known.subarray(behind * width, at * width));
    }
    if (others.length === 0 && found.length === this.rows.length) return known;
    return Buffer.concat([...found, this.make(others)]);
  }
}
