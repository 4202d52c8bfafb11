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
  | 'batch_correction_short'
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

/** Below this number of rows a smaller batch is not reported. A batch without rows is always held. */
const minCompared = 10;

export const guard = (arrival: Arrival, rules: IntakeRules): readonly Finding[] => [
  ...badRows(arrival),
  ...fewerRows(arrival, rules),
  ...driftedFields(arrival, rules),
  ...knownHere(arrival),
  ...knownElsewhere(arrival),
];

const finding = (severity: Severity, code: GuardCode, facts: Finding['facts'] = {}): Finding => ({
  code,
  severity,
  facts,
});

const badRows = ({ counts, over }: Arrival): readonly Finding[] =>
  over === undefined
    ? []
    : [
        finding('hold', 'too_many_bad_rows', {
          bad: counts.bad,
          records: counts.rows + counts.bad,
          ...over,
        }),
      ];

function fewerRows(
  { counts: { rows }, replaces, reference = 0 }: Arrival,
  { mayShrink, onDrift }: IntakeRules,
): readonly Finding[] {
  if (!replaces) return [];
  if (rows === 0 && reference > 0) return [finding('hold', 'batch_shrunk', { rows: 0, reference })];
  const least = reference * (1 - mayShrink);
  return reference >= minCompared && rows < least
    ? [finding(onDrift, 'batch_shrunk', { rows, reference })]
    : [];
}

const driftedFields = ({ profiles }: Arrival, rules: IntakeRules): readonly Finding[] =>
  profiles === undefined
    ? []
    : drift(profiles.now, profiles.former, rules).map(({ code, facts }) =>
        finding(rules.onDrift, code, facts),
      );

/** The bytes or the rows of an earlier batch of this dataset. */
function knownHere({ before, rowsBefore }: Arrival): readonly Finding[] {
  if (before !== undefined) return [finding('hold', 'batch_bytes_before', before)];
  return rowsBefore === undefined ? [] : [finding('hold', 'batch_rows_before', rowsBefore)];
}

/** The bytes or the rows of another dataset. */
function knownElsewhere({ elsewhere, reference, rowsElsewhere }: Arrival): readonly Finding[] {
  // not a mistake: the first file of a dataset that its department created to replace another one
  if (elsewhere === 'replaced' && reference === undefined) return [finding('warn', 'batch_bytes_elsewhere')];
  if (elsewhere !== undefined) return [finding('hold', 'batch_bytes_elsewhere')];
  return rowsElsewhere ? [finding('hold', 'batch_rows_elsewhere')] : [];
}
