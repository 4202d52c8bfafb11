/** The subjects of a page's rows: their log tokens, and the subjects themselves on demand. */
import type { FetchedRow } from '../rows/store/fetch.ts';
import type { Page } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** The subject of each row. */
export type Persons = () => readonly (Uint8Array | undefined)[];

/** @returns an object that references the subjects, and not the rows they were read with */
export function personsOf(page: Pick<Page, 'rows' | 'columns'>): Persons {
  if (page.columns !== undefined) return page.columns.persons;
  const each = page.rows.map(({ subject }) => subject);
  return () => each;
}

const nothing = new Uint8Array(0);

type OfSubject = Pick<FetchedRow, 'subject'>;

/** A token for each row's subject; the entry removes duplicates. */
export function tokensOf(
  { keys }: Pick<ReleaseServices, 'keys'>,
  page: Pick<Page, 'columns'> & { readonly rows: readonly OfSubject[] },
  now: number,
): Uint8Array {
  const subjects = page.columns?.subjects ?? Buffer.concat(subjectsOf(page.rows));
  return subjects.length === 0 ? subjects : keys.logTokens(subjects, now);
}

const subjectsOf = (rows: readonly OfSubject[]): Uint8Array[] =>
  rows.map(({ subject }) => subject).filter((one) => one !== undefined);

/**
 * Tokens computed while the database reads the consents of the subjects, before it is known which rows leave. Tokens of rows that do not
 * leave are discarded.
 */
export class TokenPrefetch {
  /** index of a row's token in `made`, counted in tokens */
  private readonly places = new Map<OfSubject, number>();
  private readonly made: Uint8Array[] = [];
  private readonly make: (subjects: readonly Uint8Array[]) => Uint8Array;

  constructor({ keys }: Pick<ReleaseServices, 'keys'>, now: number) {
    this.make = (subjects) =>
      subjects.length === 0 ? nothing : keys.logTokens(Buffer.concat(subjects), now);
  }

  /** @param rows none of them added before */
  readonly add = (rows: readonly OfSubject[]): void => {
    const subjects: Uint8Array[] = [];
    for (const row of rows) {
      const { subject } = row; // computed on each access
      if (subject === undefined) continue;
      this.places.set(row, this.places.size);
      subjects.push(subject);
    }
    this.made.push(this.make(subjects));
  };

  /** @param leaving rows, added or not */
  of(leaving: readonly OfSubject[]): Uint8Array {
    const made = Buffer.concat(this.made);
    const width = made.length / this.places.size;
    // rows that were added consecutively, as most were, form one range
    const ranges: Uint8Array[] = [];
    const others: OfSubject[] = [];
    let [from, to] = [0, 0];
    for (const row of leaving) {
      const at = this.places.get(row);
      if (at === undefined) others.push(row);
      else if (at === to) to += 1;
      else {
        ranges.push(made.subarray(from * width, to * width));
        [from, to] = [at, at + 1];
      }
    }
    return Buffer.concat([...ranges, made.subarray(from * width, to * width), this.make(subjectsOf(others))]);
  }
}
