/**
 * Every step of the database's shape, in order; forward only. The names are stored in each database, so they carry no file
 * ending and never change.
 */
import type { Knex } from 'knex';

interface Migration {
  up(knex: Knex): Promise<void>;
}

const steps: Readonly<Record<string, () => Promise<Migration>>> = {
  '001_roles': () => import('./001_roles.ts'),
  '002_audit': () => import('./002_audit.ts'),
  '003_identity': () => import('./003_identity.ts'),
  '004_registry': () => import('./004_registry.ts'),
  '005_intake': () => import('./005_intake.ts'),
  '006_doubted_rows': () => import('./006_doubted_rows.ts'),
  '009_jobs': () => import('./009_jobs.ts'),
  '006_persons': () => import('./006_persons.ts'),
  '008_keys': () => import('./008_keys.ts'),
  '010_consent': () => import('./010_consent.ts'),
  '020_held_batches': () => import('./020_held_batches.ts'),
  '007_stops': () => import('./007_stops.ts'),
  '014_first_day': () => import('./014_first_day.ts'),
  '015_duties': () => import('./015_duties.ts'),
  '022_sessions': () => import('./022_sessions.ts'),
  '018_witness': () => import('./018_witness.ts'),
  '012_owners': () => import('./012_owners.ts'),
  '023_deliveries': () => import('./023_deliveries.ts'),
  '019_search': () => import('./019_search.ts'),
  '016_requests': () => import('./016_requests.ts'),
  '017_collectors': () => import('./017_collectors.ts'),
  '013_key_hands': () => import('./013_key_hands.ts'),
  '026_risks': () => import('./026_risks.ts'),
  '028_code_page': () => import('./028_code_page.ts'),
  '024_leaving': () => import('./024_leaving.ts'),
  '030_statistics': () => import('./030_statistics.ts'),
  '025_staff_entries': () => import('./025_staff_entries.ts'),
  '033_streams': () => import('./033_streams.ts'),
  '038_intake_guards': () => import('./038_intake_guards.ts'),
  '044_schema_life': () => import('./044_schema_life.ts'),
  '040_evidence': () => import('./040_evidence.ts'),
  '036_subject_view': () => import('./036_subject_view.ts'),
  '045_dataset_life': () => import('./045_dataset_life.ts'),
  '046_catalogue': () => import('./046_catalogue.ts'),
  '039_silence': () => import('./039_silence.ts'),
  '029_quality': () => import('./029_quality.ts'),
  '042_exports': () => import('./042_exports.ts'),
  '041_saved_searches': () => import('./041_saved_searches.ts'),
  '060_matters': () => import('./060_matters.ts'),
  '061_tickets': () => import('./061_tickets.ts'),
  '062_paper_consents': () => import('./062_paper_consents.ts'),
  '063_approvals': () => import('./063_approvals.ts'),
  '064_disputes': () => import('./064_disputes.ts'),
  '055_live_datasets': () => import('./055_live_datasets.ts'),
  '049_clerks_and_leaders': () => import('./049_clerks_and_leaders.ts'),
  '050_board': () => import('./050_board.ts'),
  '052_own_sessions': () => import('./052_own_sessions.ts'),
  '075_standing_order': () => import('./075_standing_order.ts'),
  '090_own_tickets': () => import('./090_own_tickets.ts'),
  '098_schema_waivers': () => import('./098_schema_waivers.ts'),
  '078_legal_hold': () => import('./078_legal_hold.ts'),
  '094_changes': () => import('./094_changes.ts'),
  '084_stand_ins': () => import('./084_stand_ins.ts'),
  '095_lost_connectors': () => import('./095_lost_connectors.ts'),
  '104_pulls': () => import('./104_pulls.ts'),
  '085_demands': () => import('./085_demands.ts'),
  '079_subject_erasure': () => import('./079_subject_erasure.ts'),
  '096_live_quarantine': () => import('./096_live_quarantine.ts'),
  '099_element_sources': () => import('./099_element_sources.ts'),
  '122_catalogue_imports': () => import('./122_catalogue_imports.ts'),
  '118_reminders': () => import('./118_reminders.ts'),
  '115_mandates': () => import('./115_mandates.ts'),
  '112_retention': () => import('./112_retention.ts'),
  '126_changeovers': () => import('./126_changeovers.ts'),
  '129_live_services': () => import('./129_live_services.ts'),
  '131_destroyed_exchanges': () => import('./131_destroyed_exchanges.ts'),
  '132_roles_apart': () => import('./132_roles_apart.ts'),
  '133_sealed_subjects': () => import('./133_sealed_subjects.ts'),
  '134_used_up': () => import('./134_used_up.ts'),
  '138_changeover_rows': () => import('./138_changeover_rows.ts'),
  '141_request_templates': () => import('./141_request_templates.ts'),
  '135_twins': () => import('./135_twins.ts'),
  '142_changeover_sunset': () => import('./142_changeover_sunset.ts'),
  '144_log_keys': () => import('./144_log_keys.ts'),
  '159_declared_bytes': () => import('./159_declared_bytes.ts'),
  '147_catalogue_titles': () => import('./147_catalogue_titles.ts'),
  '150_provider_stops': () => import('./150_provider_stops.ts'),
  '160_paused_pulls': () => import('./160_paused_pulls.ts'),
  '151_ticket_wishes': () => import('./151_ticket_wishes.ts'),
  '153_unread_indexes': () => import('./153_unread_indexes.ts'),
  '166_risk_person': () => import('./166_risk_person.ts'),
  '162_append_with_consents': () => import('./162_append_with_consents.ts'),
  '168_batch_progress': () => import('./168_batch_progress.ts'),
  '172_lists_by_index': () => import('./172_lists_by_index.ts'),
  '178_notice_owners': () => import('./178_notice_owners.ts'),
  '179_consent_retention': () => import('./179_consent_retention.ts'),
  '173_streams_at_once': () => import('./173_streams_at_once.ts'),
  '174_officer_proposals': () => import('./174_officer_proposals.ts'),
  '188_retranslated_batches': () => import('./188_retranslated_batches.ts'),
  '175_retirement_shown': () => import('./175_retirement_shown.ts'),
  '182_refused_when_she_left': () => import('./182_refused_when_she_left.ts'),
};

export const migrationNames: readonly string[] = Object.keys(steps);

/** knex's way to be told of them. @param wanted names of those to be had, a beginning of the list */
export const migrationSource = (wanted: readonly string[]): Knex.MigrationSource<string> => ({
  getMigrations: () => Promise.resolve(migrationNames.filter((name) => wanted.includes(name))),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const step = await steps[name]?.();
    if (step === undefined) throw new Error(`no migration ${name}`);
    return {
      up: (knex) => step.up(knex),
      down: () => Promise.reject(new Error('migrations go forward only')),
    };
  },
});
