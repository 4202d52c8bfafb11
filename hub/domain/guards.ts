/**
 * Guards before publication: what of a batch that could be loaded makes the hub ask a person first, or refuse it. Pure; each finding is a
 * problem of the catalogue, so that inbox, reply and command line say it in the same words.
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
  | 'batch_rows_rewritten'
  | 'batch_deletes_many'
  | 'batch_rule_broken'
  | 'batch_periods_many'
  | 'batch_periods_left'
>;

/** What a guard found. `warn`: told, and published; `hold`: a person decides; `reject`: nobody can let it in. */
export interface Finding {
  readonly code: GuardCode;
  readonly severity: Severity;
  readonly facts: Readonly<Record<string, string | number>>;
  /** digest of what it is about, where a person's word must cover just that; kept, and told to nobody */
  readonly about?: string;
}

/** What is known when a batch has been loaded and nobody sees it yet. */
export interface Arrival {
  readonly counts: { readonly rows: number; readonly bad: number };
  /** the limit of the mapping that its bad rows exceed */
  readonly over: { readonly limit: 'maxBad' | 'maxBadRatio'; readonly allowed: number } | undefined;
  /** each batch replaces the one before it */
  readonly replaces: boolean;
  /** most rows of a published batch since a person last approved one (that one included); undefined where there is none */
  readonly reference: number | undefined;
  /** an earlier batch of this dataset with the very bytes, which is not current any more */
  readonly before: { readonly batch: string; readonly day: string } | undefined;
  /** the very bytes were published for another dataset; `replaced`: of the same department under another schema */
  readonly elsewhere: 'replaced' | 'other' | undefined;
  /** this batch, and those published before it, the newest first, where they are to be compared */
  readonly profiles: { readonly now: Profile; readonly former: readonly FormerProfile[] } | undefined;
  /** an earlier batch of this dataset whose rows come back */
  readonly rowsBefore: { readonly batch: string; readonly day: string } | undefined;
  /** its keys are those of another dataset, not its own */
  readonly rowsElsewhere: boolean;
}

/** Lists shorter than this may shrink as they like, but not to nothing: a source that was emptied is always held. */
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
  // the first file of a dataset that its department made anew in place of another one is no mistake
  if (elsewhere === 'replaced' && arrival.reference === undefined) find('warn', 'batch_bytes_elsewhere');
  else if (elsewhere !== undefined) hold('batch_bytes_elsewhere');
  else if (arrival.rowsElsewhere) hold('batch_rows_elsewhere');
  return findings;
}
