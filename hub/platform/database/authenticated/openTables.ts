const log = 'part of the log: verified against the signed tree (reverifyLog)';
const derived = 'derived from the log by a job; it can be derived again';
const signed = 'compared with log entry and signature whenever authorities are read';
/** a row proves nothing without its entry; one that is hidden lets the former root, or the acceptance before, count at the next start */
const reportedRoot =
  'names an entry of the log, which is proven when it is read; a hidden row gains nothing without the key folder of the root, whose holder can have it followed in any case (docs/keys.md)';
const ownSeal = 'authenticated encryption with the row it belongs to';
const report = 'a report or a position of a job; decides no call';
const work = 'state of work in progress; a changed row delays, repeats or ends the work';

/** Tables whose rows are not sealed, each with the reason. Every other table of the schema has a rule in `rules.ts`. */
export const openTables: Readonly<Record<string, string>> = {
  audit_head: 'has its own MAC',
  audit_entry: log,
  audit_subject: log,
  audit_private:
    'its entry commits to it; compared when it is shown, and when a consent on which the answer rested is withdrawn',
  audit_tile: log,
  audit_checkpoint: log,
  audit_cosignature: 'signed by the witness',
  audit_witness:
    'the last answer of a witness: each submission, every ten seconds, replaces it; a greater size delays one submission',
  audit_posting: derived,
  audit_posted: derived,
  audit_word: derived,
  log_finding: 'has its own MAC in the column finding, which is checked when it is read',
  subject_erasure: 'compared with the entries of the log and the file of erasures',
  erased_subject: 'compared with the entries of the log and the file of erasures',
  entry_destruction: 'compared with the entries of the log and the file of destructions',
  destroyed_exchange: 'keyed marks; re-verification compares the entries they stand for',
  authority_root: reportedRoot,
  authority_root_accepted: reportedRoot,
  authority_root_list: signed,
  authority_intermediate: signed,
  key_digest: 'an HMAC under the key that it names',
  log_key_rotation: 'signed by the old and the new key of the log',
  row_seal: 'the seals',
  row_sum: 'sums of the seals and digests of rows, with their own MAC',
  board_day: derived,
  board_case: derived,
  board_progress: derived,
  policy_set: 'named by digest in the entries',
  policy_registries: 'named by digest in the entries',
  policy_reading: 'named by digest in the entries',
  job: 'a report or a position of a job; decides no call. What a process states of a run has its own MAC',
  reminder_state: 'state of deliveries; one that was deleted is made again',
  challenge_answered: 'an answered challenge stays bound to its session for two minutes',
  agreement_quota:
    'written by each append; a count that is set back allows more calls of one day, whose entries remain (docs/audit.md)',
  idempotency_outcome: 'has its own MAC in request_digest, which is checked when it is read',
  subject_assertion: 'signed by the department; each is used once',
  batch_part: ownSeal,
  attachment_part: work,
  attachment_place: 'an id that an object in the bucket has too; a changed one stops deletions in the bucket',
  attachment_piece: ownSeal,
  quarantine: ownSeal,
  period_destruction: 'a report; the entry of the destruction has the same counts',
  event: 'has its own MAC, which is checked when it is delivered',
  series_change:
    'rows of calls until their rules have seen them; the lasting rows are in the dataset’s table',
  event_rule_position: work,
  rollup_change: 'buckets of calls until they are computed; the rows are in the dataset’s table',
  rollup_position: work,
  event_rule_state: work,
  row_version: ownSeal,
  row_version_ended:
    'a number of each dataset: a lower one lets numbers return, but not versions, which name the arrival of their row',
  pattern_position: 'position of a consumer; a greater one leaves out events (docs/audit.md)',
  webhook_state: work,
  dead_letter: work,
  pull_run: work,
  release_export:
    'department, dataset and terms are in the sealed request, and the id has the time from which the file lives; the rest is state of work in progress',
  release_export_chunk: ownSeal,
  change_feed: work,
  change_feed_left: work,
  change_held: work,
  change_told: work,
  live_finding: report,
  live_quarantine: report,
  twin: 'invented rows for trials; made again at any time',
  twin_row: 'invented rows for trials; made again at any time',
};
