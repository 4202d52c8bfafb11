/** Unfinished uploads: stored in this browser, so that they continue at the hub's offset after a reload or a new sign-in. */

import type { Schemas } from '../api/call.ts';

export interface Unfinished {
  readonly batch: string;
  readonly dataset: string;
  readonly mapping: string;
  readonly fileName: string;
  readonly size: number;
  /** of the whole file: another file is not taken for it */
  readonly sha256: string;
  readonly corrects?: string;
  /** the sender's totals, which the commit compares */
  readonly control?: Schemas['ControlTotals'];
}

const most = 20;
const place = (person: string): string => `datong-unfinished-${person}`;

export function unfinishedOf(person: string): readonly Unfinished[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(place(person)) ?? '[]');
    return Array.isArray(stored) ? (stored as Unfinished[]) : [];
  } catch {
    return [];
  }
}

export function keepUnfinished(person: string, one: Unfinished): void {
  const others = unfinishedOf(person).filter(({ batch }) => batch !== one.batch);
  store(person, [one, ...others].slice(0, most));
}

export function forgetUnfinished(person: string, batch: string): void {
  store(
    person,
    unfinishedOf(person).filter((one) => one.batch !== batch),
  );
}

/** An upload does not depend on it: where storage is blocked or full, it cannot be continued after a reload, and that is all. */
function store(person: string, unfinished: readonly Unfinished[]): void {
  try {
    window.localStorage.setItem(place(person), JSON.stringify(unfinished));
  } catch {
    // not stored
  }
}
