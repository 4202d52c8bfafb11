/**
 * Guards before publication: they decide whether a loadable batch needs a person's decision first, or is rejected. Pure. Each finding is
 * a problem of the catalogue, so that inbox, reply and command line use the same text.
 */
import type { ProblemCode } from '../../terms/problemCatalogue.ts';
import { drift, type FormerProfile, type Profile } from './drift.ts';
import type { IntakeRules, Severity } from './intakeRules.ts';

export type GuardCode = Extract<
  ProblemCode,
  | 'too_many_bad_rows'
  | 'batch_shrunk'
  | 'batch_grown'
  | 'batch_field_emptied'
  | 'batch_codes_shifted'
  | 'batch_bytes_before'
  | 'batch_bytes_elsewhere'
  | 'batch_rows_before'
  | 'batch_rows_elsewhere'
  | 'batch_not_correctable'
  | 'batch_control_rows'
  | 'batch_control_sum'
  | 'batch_values_strayed'
  | 'batch_columns_missing'
  | 'batch_columns_added'
  | 'batch_columns_moved'
  | 'batch_columns_unread'
  | 'batch_references_missing'
  | 'batch_attachments_missing'
  | 'batch_rows_rewritten'
  | 'batch_deletes_many'
  | 'batch_rule_broken'
  | 'batch_periods_many'
  | 'batch_periods_left'
>;

/** A guard's finding. `warn`: reported, and published; `hold`: a person decides; `reject`: cannot be released. */
export interface Finding {
  readonly code: GuardCode;
  readonly severity: Severity;
  readonly facts: Readonly<Record<string, string | number>>;
  /** digest of the subject of the finding, where an approval must cover exactly that; stored, not reported */
  readonly about?: string;
}

/** What is known about a batch that is loaded and not visible yet. */
export interface Arrival {
  readonly counts: { readonly rows: number; readonly bad: number };
  /** the limit of the mapping that its bad rows exceed */
  readonly over: { readonly limit: 'maxBad' | 'maxBadRatio'; readonly allowed: number } | undefined;
  /** each batch replaces the one before it */
  readonly replaces: boolean;
  /** highest row count of a published batch since a person last approved one (that one included); undefined where there is none */
  readonly reference: number | undefined;
  /** an earlier batch of this dataset with the same bytes, which is not current any more */
  readonly before: { readonly batch: string; readonly day: string } | undefined;
  /** the same bytes were published for another dataset; `replaced`: of the same department under another schema */
  readonly elsewhere: 'replaced' | 'other' | undefined;
  /** this batch, and those published before it, the newest first, where they are to be compared */
  readonly profiles: { readonly now: Profile; readonly former: readonly FormerProfile[] } | undefined;
  /** an earlier batch of this dataset whose rows come back */
  readonly rowsBefore: { readonly batch: string; readonly day: string } | undefined;
  /** its keys are those of another dataset, not its own */
  readonly rowsElsewhere: boolean;
}

/** Shorter lists may shrink, but not to nothing: an emptied source is always held. */
const minCompared = 10;

export function guard(arrival: Arrival, rules: IntakeRules): readonly Finding[] {
  const { counts, over, replaces, reference = 0, before, elsewhere, profiles } = arrival;
  const findings: Finding[] = [];
  const find = (severity: Severity, code: GuardCode, facts: Finding['facts'] = {}): void =>
    void findings.push({ code, severity, facts });
  const hold = find.bind(undefined, 'hold');
  if (over !== undefined)
    hold('too_many_bad_rows', { bad: counts.bad, records: counts.rows + counts.bad, ...over });
  const isEmptied = replaces && counts.rows === 0 && reference > 0;
  const least = reference * (1 - rules.mayShrink);
  if (isEmptied) hold('batch_shrunk', { rows: 0, reference });
  else if (replaces && reference >= minCompared && counts.rows < least)
    find(rules.onDrift, 'batch_shrunk', { rows: counts.rows, reference });
  if (profiles !== undefined)
    for (const { code, facts } of drift(profiles.now, profiles.former, rules))
      find(rules.onDrift, code, facts);
  if (before !== undefined) hold('batch_bytes_before', before);
  else if (arrival.rowsBefore !== undefined) hold('batch_rows_before', arrival.rowsBefore);
  // not a mistake: the first file of a dataset that its department created to replace another one
  if (elsewhere === 'replaced' && arrival.reference === undefined) find('warn', 'batch_bytes_elsewhere');
  else if (elsewhere !== undefined) hold('batch_bytes_elsewhere');
  else if (arrival.rowsElsewhere) hold('batch_rows_elsewhere');
  return findings;
}
