/**
 * One rule for every table: whether its rows are sealed (a MAC by a key of the hub over table, key, entry and content), and if not, why.
 * Each column of a sealed table is either sealed or named with the reason why not. A test compares these rules with the catalogue of a
 * migrated database: a table or column without a rule fails the build.
 */

/** Type that a part of a primary key is read back as. A question mark: it may be NULL. */
type KeyType = 'text' | 'text?' | 'integer' | 'uuid' | 'bytea' | 'date' | 'bigint';

export interface SealedTable {
  /** columns that identify a row, in order */
  readonly key: Readonly<Record<string, KeyType>>;
  /** columns that the MAC covers; the key is among them */
  readonly sealed: readonly string[];
  /** columns that it does not cover, each with the reason */
  readonly open: Readonly<Record<string, string>>;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const table = (key: SealedTable['key'], sealed: string, open: SealedTable['open'] = {}): SealedTable => ({
  key,
  sealed: [...Object.keys(key), ...words(sealed)],
  open,
});

const derivedColumn = 'computed by the database from sealed columns';
const stage = 'progress of a submission; a changed one delays, repeats or ends the work';
const counted = 'changes with each call of a submission by calls; a report to the provider';
const figures = 'figures of a file, with which later files are compared before a person decides';
const attempts = 'attempts of a delivery';
const search = 'search text, derived from the document; decides the order of a list only';

/** Tables whose rows decide something, by name. */
const sealedTables = {
  // identity
  department: table(
    { code: 'text' },
    'name_zh name_en kind principal parent level region data_office registered_by registered_at',
  ),
  person: table(
    { id: 'text' },
    'name department state invited_by confirmed_by made_by made_at ended_by guard',
  ),
  credential: table(
    { id: 'text' },
    'hash roles expires_at issued_by issued_at revoked_at revoked_by person kind public_key label',
    { sign_count: 'counter of a passkey; a smaller one only hides that the passkey was copied' },
  ),
  signing_key: table(
    { keyid: 'text' },
    `department alg public_key not_before revoked_at registered_by issuer state first enrolled_at confirmed_by objected_by objection
     refusal decided_by`,
  ),
  certificate: table(
    { serial: 'text' },
    'department public_key pem not_before not_after enrolment revoked_at reason issued_by revoked_by issuer',
  ),
  enrolment_code: table(
    { hash: 'text' },
    'id department expires_at issued_by issued_at used_at used_by issuer',
  ),
  role_grant: table(
    { person: 'text', role: 'text', department: 'text?' },
    'granted_by confirmed_by made_by guard',
  ),
  invitation: table({ person: 'text' }, 'first second expires_at used_at'),
  staff_session: table(
    { id: 'text' },
    'hash person way credential begun_at expires_at begun_by ended_at ended_by',
    { seen_at: 'time of the last call; expires_at ends the session in any case' },
  ),
  authenticator: table({ person: 'text' }, 'secret confirmed_at made_by', {
    last_step: 'counter; a smaller one lets a code of the same half minute pass twice',
    failures: 'counter of wrong codes; the bound of calls by address remains',
    failed_at: 'time of that counter',
  }),
  stand_in: table(
    { id: 'text' },
    'kind steward person department begins until why digest author approver exchange ended_by reason',
  ),
  mandate: table({ id: 'text' }, 'department person jws keyid given_by given_at exchange'),
  mandate_revocation: table({ mandate: 'text' }, 'revoked_by revoked_at reason exchange'),

  // registry
  schema_version: table(
    { urn: 'text' },
    `name major minor document digest state registered_by registered_at owner author approver compatibility needs_second needs_officer
     officer reason sunset successor decided_by waiver`,
  ),
  code_list: table(
    { id: 'text', version: 'text' },
    'document digest registered_by registered_at owner valid_from author approver withdrawn_reason withdrawn_by',
  ),
  purpose: table({ code: 'text' }, 'parent title_zh title_en registered_by registered_at author approver'),
  dataset: table(
    { id: 'text' },
    `department title_zh title_en schema mode sharing conditions state digest registered_by registered_at intake suspended_by_office reason
     ending_by ended_by rows_gone_at decided_by ending_reason ending_shown ending_until ending_entry stopped_by raw_days expects_from`,
    {
      current_batch: 'moved by append_flush with the log entry of the batch, which names the batch',
      deletions: 'counter; one that is set back delays what a feed reports until midnight (docs/audit.md)',
      periods_gone: 'count of the rows of period_destruction',
    },
  ),
  mapping: table(
    { dataset: 'text', name: 'text', version: 'integer' },
    'document digest registered_by registered_at author approver left_by',
  ),
  proposal: table(
    { id: 'uuid' },
    `operation kind name owner body params digest state author decided_by reason proposed_at decided_at decision entries needs_officer`,
  ),
  element_source: table(
    { element: 'text', revision: 'integer' },
    'department document digest also superseded author approver registered_by registered_at',
  ),
  catalogue_entry: table(
    { id: 'text', revision: 'integer' },
    `department document digest title_zh title_en category sharing datasets superseded author approver registered_by registered_at`,
    {
      words: search,
      grams: search,
      tags: search,
      title_words: search,
      title_grams: search,
      update_frequency: derivedColumn,
      data_class: derivedColumn,
    },
  ),
  matter: table(
    { code: 'text', revision: 'integer' },
    'document digest departments ended superseded author approver registered_by registered_at',
    { words: search },
  ),

  // intake and live data: submissions, and what persons decided
  batch: table(
    { id: 'uuid' },
    `dataset department state sha256 mapping mapping_digest schema_urn same_as opened_at superseded_at held_until approved_by corrects
     file_name code_page control findings problem retranslates`,
    {
      bytes: stage,
      declared: stage,
      moved_at: stage,
      progress: stage,
      lease_owner: stage,
      lease_until: 'an earlier one repeats the translation of the same bytes, a later one delays it',
      exchange: counted,
      receipt: 'proves itself',
      records: counted,
      rows_ok: counted,
      rows_bad: counted,
      skipped: counted,
      deletions: counted,
      doubted: counted,
      warned: counted,
      calls: counted,
      profile: counted,
      ranges: figures,
      file_columns: figures,
      published_at:
        'changes with each call of a submission by calls; shown, and the order of the files that a later one is compared with. Whether a batch was current follows from sealed columns',
      finished_at: 'changes with each call; of raw bytes it counts within bounds of sealed times',
      oldest_period: 'search for expired rows; they are compared with their periods',
      raw_gone_at: 'shortens the search for raw bytes; a batch that has some is found without it',
    },
  ),
  batch_proposal: table({ batch: 'uuid', act: 'text' }, 'proposed_by reason exchange proposed_at'),
  changeover: table(
    { id: 'uuid' },
    `dataset from_schema to_schema mappings reason state batch over source lists needs_officer author approver officer agreed ended_by
     rows_by sunset`,
    { trouble: 'problem code shown to the steward' },
  ),
  pull: table(
    { dataset: 'text' },
    'document secret digest author approver exchange set_at ended_by paused_until paused_by paused_at pause_reason',
    { asked_at: 'when the steward last asked for a run' },
  ),
  live_service: table({ dataset: 'text' }, 'document digest author approver exchange set_at ended_by'),

  attachment: table(
    { id: 'uuid' },
    'dataset department field name media_type bytes sha256 state storage upload opened_at mac',
    {
      received:
        'position of an upload; a changed one ends or repeats it, and its end compares the digest of the bytes',
      used_at: 'when a row last named it; the job that removes attachments reads the rows',
      unnamed_since: 'the same: an attachment that a row names is not removed',
      was_named: 'counts for the limit of bytes without a row only',
    },
  ),

  // policy
  policy_document: table(
    { id: 'text', version: 'integer' },
    `kind text digest state automatic consumer provider signatures author approver submitted_by decided_by submitted_at decided_at
     written_against tightening stopped_consumer stopped_provider stopped_security stopped_office`,
  ),
  upper_approval: table({ number: 'text', resource: 'text' }, 'sha256 agreement version exchange'),
  provider_stop: table({ agreement: 'text' }, 'first'),

  // consents
  consent_notice: table(
    { digest: 'text', owner: 'text' },
    'reference language text purposes registered_by registered_at',
  ),
  consent: table(
    { id: 'text' },
    'jws subject guardian recipient provider dataset collected_by notice exchange',
  ),
  consent_event: table({ consent: 'text', type: 'text' }, 'at exchange'),
  consent_standing: table(
    { subject: 'bytea', recipient: 'text', dataset: 'text', purpose: 'text' },
    'consent state fields not_before until max_uses guardian collected_by retention',
    {
      uses: 'counter that each release increases; a smaller one allows more uses of a consent that was given',
      version: 'order of changes, assigned at the commit',
      terms: derivedColumn,
      mac: 'a MAC itself; a state with another one is compared with its seal when it is read',
    },
  ),
  paper_consent: table({ consent: 'text' }, 'collector form scan taken_on taken_by confirmed_by'),

  // release
  release_stream: table({ id: 'uuid' }, 'department facts kind counter', {
    lease_until:
      'an earlier one ends the stream, which closes it once; a later one delays the entry of its end',
  }),
  statistic_cube: table({ dataset: 'text', consumer: 'text', batch: 'uuid' }, 'spec cells digest nth', {
    id: 'order of cubes from before nth; those with nth come after them',
  }),

  // positions of jobs, findings over the log
  job_position: table({ job: 'text' }, 'state'),
  risk: table(
    { id: 'uuid' },
    `rule day key consumer official departments count limit entries found_at due exchange state escalated_by escalation acknowledged_by
     acknowledgement person`,
  ),
  risk_volume: table({ day: 'date', first_entry: 'bigint', consumer: 'text' }, 'rows off_hours behind_entry'),

  // questions, reports and disputes between departments and persons
  demand: table(
    { id: 'text' },
    'consumer provider title fields purpose state entry office_days department_days',
  ),
  demand_event: table({ demand: 'text', seq: 'integer' }, 'act person at said provider exchange'),
  ticket: table(
    { id: 'text' },
    `opener origin person provider dataset exchange field subject sealed_key claim state opened_at opened_by answered_at answered_by reason
     batch wish`,
  ),
  ticket_told: table({ ticket: 'text', consumer: 'text' }, 'exchanges'),
  dispute: table({ id: 'text' }, 'about raised other state'),
  dispute_event: table({ dispute: 'text', seq: 'integer' }, 'act person at said document exchange'),

  // requests
  procedure: table({ id: 'text', version: 'integer' }, 'document registered_by seq'),
  request: table(
    { id: 'text' },
    'consumer provider agreement version procedure procedure_version unconditional closed made_by',
  ),
  request_event: table({ request: 'text', seq: 'integer' }, 'act person at said exchange'),
  request_template: table(
    { code: 'text', revision: 'integer' },
    'document digest provider datasets matters withdrawn superseded author approver registered_by registered_at',
  ),

  // duties, citizens, retention, evidence
  duty: table(
    { id: 'uuid' },
    'obligation consumer provider dataset agreement purpose received_from received_until due exchanges consent named statement answered_by told_by',
  ),
  duty_progress: table({ id: 'integer' }, 'next'),
  person_service: table({ department: 'text' }, 'appointed author approver exchange'),
  view_delay: table(
    { id: 'text' },
    'subject department reference clause until digest author approver exchange ended_by reason',
  ),
  own_session: table(
    { id: 'text' },
    'hash used subject commitment department presented_by until exchange sealed_key assurance',
    { idle_until: 'moved by each call; "until" ends the session in any case' },
  ),
  legal_hold: table(
    { id: 'text' },
    'kind target reason case_number until digest author approver exchange lifted_by lifted_why',
  ),
  waiting_hold: table({ proposal: 'uuid' }, 'kind target until'),
  retention_rule: table({ id: 'text' }, 'class dataset years reason digest author approver exchange'),
  destruction_order: table({ id: 'uuid' }, 'before author approver'),
  evidence: table(
    { id: 'uuid' },
    'question tokens attempts reason case_number size asked_by asked_at state answered_by subjects sealed',
  ),
  topic: table(
    { id: 'text' },
    'department title_zh title_en ordering_key retention_days digest registered_by registered_at decided_by',
    { last_sequence: 'number of the newest event, which each publication increases' },
  ),
  subscription: table(
    { id: 'uuid' },
    'department topic types agreement purpose on_behalf_of matter filter created_at ended_at ended_by pattern begins_at',
    { acknowledged: 'position of the consumer; a smaller one only sends events again' },
  ),
  topic_type: table({ type: 'text' }, 'topic'),
  response_plan: table(
    { code: 'text', revision: 'integer' },
    'document digest department topic type purpose withdrawn superseded author approver registered_by registered_at',
  ),
  open_event: table(
    { id: 'uuid' },
    'plan revision department topic type purpose close_key state opened_at opened_by ends_at closed_at closed_by cause closing_code closing_reason',
  ),
  event_step: table(
    { event: 'uuid', step: 'text', department: 'text' },
    'state due_at stage next_at answered_at answered_by',
  ),
  event_acknowledgement: table({ event: 'uuid', department: 'text', grade: 'text' }, 'at person exchange'),
  event_escalation: table(
    { event: 'uuid', step: 'text', department: 'text', stage: 'integer' },
    'recipient role due_at at exchange notice',
  ),
  event_delivery: table({ event: 'uuid', exchange: 'uuid' }, 'subscription department at receipt'),
  // a row that is deleted past the hub would suppress the closing of an event
  late_closing: table({ event: 'uuid', department: 'text' }, ''),
  webhook: table(
    { subscription: 'uuid' },
    'url batch secret former_secret former_until certificate keyid proven_at',
  ),
  saved_search: table({ person: 'text', name: 'text' }, 'question'),
  view_count: table({ day: 'date', person: 'text', operation: 'text' }, 'department views entry'),
  reminder_address: table({ kind: 'text', owner: 'text', way: 'text' }, 'sealed set_by set_at exchange'),
  reminder: table({ id: 'uuid' }, 'kind owner way said made_at', {
    state: attempts,
    trouble: attempts,
    died_at: attempts,
    replayed_at: attempts,
  }),
  // a row that is added past the hub would suppress a notice
  reminder_told: table({ kind: 'text', owner: 'text', way: 'text', thing: 'text' }, ''),
  case_notice: table(
    { dataset: 'text', key_hash: 'bytea' },
    'version transition due_at missed departments exchange',
  ),
  silence: table({ dataset: 'text', due: 'date' }, 'exchange told_at'),
  agreement_warning: table({ agreement: 'text', version: 'integer', days: 'integer' }, 'exchange'),
} as const satisfies Record<string, SealedTable>;

/**
 * Sealed columns of the type jsonb. The hub writes lists and objects there. A text that a superuser writes in place of one, with the same
 * characters, would have the same content as it.
 */
export const jsonColumns: Readonly<Partial<Record<SealedName, readonly string[]>>> = {
  schema_version: ['waiver'],
  dataset: ['intake'],
  proposal: ['params'],
  element_source: ['document'],
  catalogue_entry: ['document'],
  matter: ['document'],
  batch: ['control', 'findings'],
  changeover: ['mappings'],
  pull: ['document'],
  live_service: ['document'],
  policy_document: ['signatures'],
  release_stream: ['facts'],
  statistic_cube: ['spec', 'cells'],
  job_position: ['state'],
  procedure: ['document'],
  request_event: ['said'],
  request_template: ['document'],
  subscription: ['filter'],
  response_plan: ['document'],
  reminder: ['said'],
};

export type SealedName = keyof typeof sealedTables;
export const sealedNames = Object.keys(sealedTables) as SealedName[];
export const isSealed = (name: string): name is SealedName => Object.hasOwn(sealedTables, name);
export const ruleOf = (name: SealedName): SealedTable => sealedTables[name];
