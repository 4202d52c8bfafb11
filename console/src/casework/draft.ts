/** What a person typed into a case, and what others changed since they began. */
import type { CaseRecord } from './acting.ts';

/** The case on which a person began to type. */
export interface Draft {
  readonly record: CaseRecord;
  readonly version: number;
}

/** Fields whose values differ between two readings of a case, in the order of the fields. */
export const differingFields = <F extends { readonly name: string }>(
  fields: readonly F[],
  before: CaseRecord,
  now: CaseRecord,
): readonly F[] =>
  fields.filter(({ name }) => JSON.stringify(before[name] ?? null) !== JSON.stringify(now[name] ?? null));
