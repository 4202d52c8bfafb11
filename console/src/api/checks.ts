/**
 * The checks of a call in the order in which the request pipeline and the flow after it make them (docs/ARCHITECTURE.md), with the refusals
 * of each.
 */
import type { Leaf } from '../../../log/leaf.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';

const ofGate = ['certificate', 'headers', 'time', 'key', 'signature', 'nonce', 'digest', 'request'] as const;
/** A call for rows is decided, then they are fetched and made ready to leave. */
const ofRelease = [...ofGate, 'decision', 'delivery'] as const;
/** Any other call of a department: after the request pipeline, the requested act is performed. */
const ofOthers = [...ofGate, 'act'] as const;
export type Check = (typeof ofRelease)[number] | (typeof ofOthers)[number];

const codes: Readonly<Record<(typeof ofRelease)[number], readonly ProblemCode[]>> = {
  certificate: ['certificate_missing', 'certificate_unknown', 'certificate_revoked', 'certificate_expired'],
  headers: [
    'signature_missing',
    'signature_duplicate',
    'signature_malformed',
    'signature_input_malformed',
    'component_missing',
    'component_unexpected',
    'header_duplicate',
    'header_malformed',
    'header_unknown',
    'headers_too_many',
    'target_malformed',
    'host_mismatch',
    'nonce_malformed',
    'digest_missing',
    'digest_malformed',
  ],
  time: ['request_expired', 'request_not_yet_valid', 'lifetime_too_long', 'clock_skew'],
  key: ['key_unknown', 'key_revoked', 'key_not_confirmed', 'algorithm_mismatch', 'key_department_mismatch'],
  signature: ['signature_invalid'],
  nonce: ['nonce_replayed'],
  digest: ['body_too_large', 'digest_mismatch'],
  request: [
    'header_text_malformed',
    'header_identity_number',
    'invalid_request',
    'malformed_json',
    'unsupported_media_type',
    'malformed_identifier',
    'idempotency_conflict',
    'secret_shown_once',
  ],
  decision: [
    'agreement_unknown',
    'agreement_missing',
    'no_agreement',
    'agreement_unreadable',
    'sharing_refused',
    'agreement_suspended',
    'agreement_not_in_force',
    'several_agreements',
    'dataset_not_agreed',
    'policy_unverified',
    'delivery_not_agreed',
    'purpose_missing',
    'purpose_not_agreed',
    'purpose_unknown',
    'purpose_closed',
    'dataset_unknown',
    'field_not_granted',
    'fields_empty',
    'unknown_field',
    'filter_value_invalid',
    'filter_area_unknown',
    'sort_not_granted',
    'lookup_ambiguous',
    'limit_invalid',
    'limit_too_high',
    'rows_not_granted',
    'fact_not_agreed',
    'fact_question_invalid',
    'aggregate_not_agreed',
    'filter_on_masked_field',
    'filter_not_granted',
    'lookup_missing',
    'matter_missing',
    'matter_not_agreed',
    'on_behalf_of_missing',
    'quota_exhausted',
    'consent_missing',
    'hub_not_founded',
  ],
  delivery: [
    'dataset_unavailable',
    'dataset_without_rows',
    'rows_unauthenticated',
    'sealed_bytes_damaged',
    'latest_unfit',
    'history_unfit',
    'cursor_invalid',
    'cursor_too_long',
    'cursor_expired',
    'changes_watermark_unknown',
    'changes_not_filtered',
    'lookups_too_many_rows',
    'lookups_limited',
    'aggregate_fixed',
    'aggregate_too_fine',
    'live_order',
    'live_lookup_needed',
    'live_service_not_allowed',
    'provider_unavailable',
    'provider_answer_invalid',
    'decided_anew',
    'mask_type_errors',
    'masked_row_invalid',
    'streams_too_many',
    'stream_terms_changed',
    'hub_stopping',
    'exports_too_many',
    'export_unknown',
    'export_not_ready',
    'export_void',
    'export_too_large',
    'range_invalid',
    'range_wanted',
  ],
};

/** The check of a call for rows that a refusal belongs to; undefined for a code that no check of such a call reports. */
export const checkOf = (code: string): (typeof ofRelease)[number] | undefined =>
  ofRelease.find((check) => codes[check].some((one) => one === code));

/** Which checks an entry's call was put to, and at which it failed. */
export interface CheckOutcome {
  readonly checks: readonly Check[];
  /** undefined where all passed */
  readonly failed: Check | undefined;
}

type Call = Pick<Leaf, 'kind' | 'code' | 'actor' | 'operation' | 'stream'>;

/** False where rows are still to be sent, or were cut off in transit. */
const delivers = ({ operation, stream }: Call): boolean =>
  operation !== 'requestExport' && !(stream?.state === 'open' || stream?.state === 'aborted');

/** @returns undefined where the checks are unknown: for a person's call, which is not signed, and for a fault of the hub itself */
export function checksOf(call: Call): CheckOutcome | undefined {
  const { kind, code, actor } = call;
  if (actor.staff !== undefined || actor.person !== undefined) return undefined;
  const failed = code === undefined ? undefined : checkOf(code);
  if (kind === 'release')
    return code !== undefined && failed === undefined
      ? undefined
      : { checks: code === undefined && !delivers(call) ? ofRelease.slice(0, -1) : ofRelease, failed };
  const atGate = ofGate.find((check) => check === failed);
  // a caller who is not proven to be a department was refused by the request pipeline itself, before the call was read
  if (actor.keyid === undefined && (atGate === undefined || atGate === 'request')) return undefined;
  if (code === undefined || atGate !== undefined) return { checks: ofOthers, failed: atGate };
  return code === 'internal_error' ? undefined : { checks: ofOthers, failed: 'act' };
}
