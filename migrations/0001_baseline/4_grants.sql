-- What requests may do: role datong_app. Without a grant here it may do nothing.
-- A table's UPDATE is granted column by column where a part of the row must never change.

GRANT USAGE ON SCHEMA rows TO datong_app;

-- identity
GRANT SELECT, INSERT ON
  department, person, credential, signing_key, certificate, enrolment_code, invitation, staff_session, authenticator,
  stand_in, mandate, mandate_revocation
  TO datong_app;
GRANT SELECT, INSERT, DELETE ON role_grant, challenge_answered TO datong_app;
GRANT UPDATE (state, confirmed_by, ended_by, guard) ON person TO datong_app;
GRANT UPDATE (revoked_at, revoked_by, sign_count) ON credential TO datong_app;
GRANT UPDATE (revoked_at, state, confirmed_by, objected_by, objection, refusal, decided_by) ON signing_key TO datong_app;
GRANT UPDATE (revoked_at, reason, revoked_by) ON certificate TO datong_app;
GRANT UPDATE (used_at, used_by) ON enrolment_code TO datong_app;
GRANT UPDATE (confirmed_by) ON role_grant TO datong_app;
GRANT UPDATE (second, used_at) ON invitation TO datong_app;
GRANT UPDATE (seen_at, ended_at, ended_by) ON staff_session TO datong_app;
GRANT UPDATE (secret, confirmed_at, last_step, failures, failed_at, made_by) ON authenticator TO datong_app;
GRANT UPDATE (begins, until, why, digest, author, approver, exchange, ended_by, reason) ON stand_in TO datong_app;

-- keys
GRANT SELECT, INSERT ON
  authority_root, authority_root_accepted, authority_root_list, authority_intermediate, key_digest, log_key_rotation
  TO datong_app;

-- registry
GRANT SELECT, INSERT, DELETE ON schema_version, twin, twin_row TO datong_app;
GRANT SELECT, INSERT ON code_list, purpose, dataset, mapping, proposal, element_source TO datong_app;
GRANT UPDATE (state, approver, needs_officer, officer, reason, sunset, successor, decided_by) ON schema_version TO datong_app;
GRANT UPDATE (withdrawn_reason, withdrawn_by) ON code_list TO datong_app;
GRANT UPDATE (
  title_zh, title_en, schema, sharing, conditions, state, current_batch, digest, intake, suspended_by_office, reason,
  ending_by, ended_by, rows_gone_at, decided_by, deletions, ending_reason, ending_shown, ending_until, ending_entry,
  stopped_by, raw_days, expects_from, periods_gone
) ON dataset TO datong_app;
GRANT UPDATE (left_by) ON mapping TO datong_app;
GRANT UPDATE (state, decided_by, reason, decided_at, decision) ON proposal TO datong_app;
GRANT UPDATE (superseded) ON element_source TO datong_app;
GRANT UPDATE (made_of, made_at) ON twin TO datong_app;

-- catalogue
GRANT SELECT, INSERT ON catalogue_entry, matter TO datong_app;
GRANT UPDATE (words, grams, tags, superseded, title_words, title_grams) ON catalogue_entry TO datong_app;
GRANT UPDATE (superseded) ON matter TO datong_app;

-- intake
GRANT SELECT, INSERT, UPDATE, DELETE ON batch, batch_part, batch_proposal, quarantine TO datong_app;
GRANT SELECT, INSERT, DELETE ON idempotency_outcome TO datong_app;
GRANT SELECT, INSERT ON silence, changeover TO datong_app;
GRANT SELECT, INSERT, UPDATE ON pull, pull_run TO datong_app;
GRANT UPDATE (at) ON idempotency_outcome TO datong_app;
GRANT UPDATE (
  state, batch, over, source, lists, trouble, needs_officer, approver, officer, agreed, ended_by
) ON changeover TO datong_app;

-- policy
GRANT SELECT, INSERT ON
  policy_document, agreement_warning, upper_approval, policy_set, policy_registries, policy_reading
  TO datong_app;
GRANT SELECT, INSERT, UPDATE ON provider_stop TO datong_app;
GRANT UPDATE (
  state, signatures, approver, decided_by, decided_at, stopped_consumer, stopped_provider, stopped_security,
  stopped_office
) ON policy_document TO datong_app;

-- audit
GRANT SELECT, UPDATE ON audit_head TO datong_app;
GRANT SELECT, INSERT ON audit_entry, audit_subject, audit_private, audit_tile, audit_checkpoint, audit_word TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_cosignature, agreement_quota, log_finding TO datong_app;
GRANT SELECT, INSERT, UPDATE ON audit_witness, audit_posting, audit_posted TO datong_app;

-- consents
GRANT SELECT, INSERT ON consent_notice, consent, consent_event, paper_consent TO datong_app;
GRANT SELECT, INSERT, UPDATE ON consent_standing TO datong_app;
GRANT USAGE ON SEQUENCE consent_version TO datong_app;

-- release
GRANT SELECT, INSERT ON statistic_cube TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  release_stream, release_export, release_export_chunk, change_feed, change_feed_left, change_held, change_told
  TO datong_app;

-- live
GRANT SELECT, INSERT, UPDATE ON live_service TO datong_app;
GRANT SELECT, INSERT, DELETE ON live_finding TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON live_quarantine TO datong_app;

-- requests
GRANT SELECT, INSERT ON procedure, request, request_event, request_template, demand, demand_event TO datong_app;
GRANT UPDATE (version, closed) ON request TO datong_app;
GRANT UPDATE (superseded) ON request_template TO datong_app;
GRANT UPDATE (provider, state, entry) ON demand TO datong_app;
GRANT USAGE ON SEQUENCE request_number TO datong_app;
GRANT USAGE ON SEQUENCE demand_number TO datong_app;

-- tickets
GRANT SELECT, INSERT ON ticket, ticket_told, dispute, dispute_event TO datong_app;
GRANT UPDATE (state, answered_at, answered_by, reason, batch) ON ticket TO datong_app;
GRANT UPDATE (state) ON dispute TO datong_app;
GRANT USAGE ON SEQUENCE ticket_number TO datong_app;
GRANT USAGE ON SEQUENCE dispute_number TO datong_app;

-- duties
GRANT SELECT, INSERT ON duty TO datong_app;
GRANT SELECT, UPDATE ON duty_progress TO datong_app;
GRANT UPDATE (due, exchanges, statement, answered_by, told_by) ON duty TO datong_app;

-- risks
GRANT SELECT, INSERT ON risk TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON risk_volume TO datong_app;
GRANT UPDATE (
  departments, count, entries, state, escalated_by, escalation, acknowledged_by, acknowledgement
) ON risk TO datong_app;

-- citizens
GRANT SELECT, INSERT ON person_service, subject_assertion, view_delay TO datong_app;
GRANT SELECT, INSERT, DELETE ON own_session TO datong_app;
GRANT UPDATE (appointed, author, approver, exchange) ON person_service TO datong_app;
GRANT UPDATE (reference, clause, until, digest, author, approver, exchange, ended_by, reason) ON view_delay TO datong_app;
GRANT UPDATE (hash, used, idle_until) ON own_session TO datong_app;

-- retention
GRANT SELECT, INSERT ON
  legal_hold, subject_erasure, erased_subject, retention_rule, destruction_order, entry_destruction, destroyed_exchange,
  period_destruction
  TO datong_app;
GRANT UPDATE (reason, until, digest, author, approver, exchange, lifted_by, lifted_why) ON legal_hold TO datong_app;
GRANT UPDATE (years, reason, digest, author, approver, exchange) ON retention_rule TO datong_app;
GRANT SELECT ON held_dataset, standing_hold TO datong_app;

-- evidence
GRANT SELECT, INSERT ON evidence TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_search TO datong_app;
GRANT SELECT, INSERT, UPDATE ON board_day, board_case TO datong_app;
GRANT SELECT, UPDATE ON board_progress TO datong_app;
GRANT UPDATE (state, answered_by, subjects, sealed) ON evidence TO datong_app;

-- platform
GRANT SELECT, INSERT, UPDATE ON job TO datong_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON reminder_address, reminder_told, reminder TO datong_app;

-- functions
GRANT EXECUTE ON FUNCTION append_flush, append_with_consents, destroy_entries, erase_subject_rows, standing_terms
  TO datong_app;
