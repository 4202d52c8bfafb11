/** The checks of a call in the order in which the gate makes them (docs/ARCHITECTURE.md), and which refusal belongs to which. */
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';

export const checks = [
  'certificate',
  'headers',
  'time',
  'key',
  'signature',
  'nonce',
  'digest',
  'request',
  'decision',
] as const;
export type Check = (typeof checks)[number];

const codes: Readonly<Record<Check, readonly ProblemCode[]>> = {
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
    'digest_missing',
    'digest_malformed',
  ],
  time: ['request_expired', 'request_not_yet_valid', 'clock_skew'],
  key: ['key_unknown', 'key_revoked', 'key_department_mismatch'],
  signature: ['signature_invalid'],
  nonce: ['nonce_replayed'],
  digest: ['digest_mismatch'],
  request: [
    'header_text_malformed',
    'header_identity_number',
    'invalid_request',
    'malformed_json',
    'unsupported_media_type',
  ],
  decision: [
    'agreement_unknown',
    'agreement_missing',
    'no_agreement',
    'agreement_suspended',
    'agreement_not_in_force',
    'purpose_not_agreed',
    'purpose_unknown',
    'dataset_unknown',
    'field_not_granted',
    'fields_empty',
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
};

/** The check that a refusal belongs to; undefined for a code that is not listed: then nothing is said about the others either. */
export const checkOf = (code: string): Check | undefined =>
  checks.find((check) => codes[check].some((one) => one === code));
