/** Small sets of documents, written in a line or two: what the tests of the questions and of lint are asked about. */
import assert from 'node:assert/strict';
import type { DecisionRequest } from '../decision.ts';
import { compilePlans, type Plans } from '../plans.ts';
import { readPolicySet, type PolicySet } from '../policySet.ts';
import { registryFile } from './sampleContext.ts';

export const now = Date.parse('2026-06-01T09:00:00+08:00');

export interface Writing {
  readonly id?: string;
  readonly version?: number;
  readonly consumer?: string;
  readonly purposes?: string;
  readonly basis?: string;
  readonly until?: string;
  readonly grant?: string;
  readonly fields?: string;
}

/** An agreement of education on the household register, changed where `writing` says so. */
export const agreement = (writing: Writing = {}): string => `kind: Agreement
id: ${writing.id ?? 'agr-a'}
version: ${writing.version ?? 1}
provider: pub-security
consumer: ${writing.consumer ?? 'education'}
purposes: ${writing.purposes ?? '[school-enrolment]'}
basis: ${writing.basis ?? '{ type: statutory, reference: 义务教育法 }'}
valid: { from: '2026-01-01T00:00:00+08:00', until: '${writing.until ?? '2027-01-01T00:00:00+08:00'}' }
grants:
  - dataset: pub-security.household
    schema: household@1
${writing.grant ?? ''}    fields: ${writing.fields ?? '{ name: { mask: personName }, region_code: { mask: clear } }'}
---
`;
export const restriction = (text: string, id = 'res-a'): string =>
  `kind: Restriction\nid: ${id}\nversion: 1\n${text}\n---\n`;

/** The documents of the texts beside the registries; they must be readable. */
export function set(...texts: readonly string[]): PolicySet {
  const read = readPolicySet([
    registryFile,
    { name: 'set.yaml', text: texts.join('').replace(/---\n$/, '') },
  ]);
  assert.deepEqual(read.findings, []);
  return read;
}
export const plans = (...texts: readonly string[]): Plans => {
  const { documents, context } = set(...texts);
  return compilePlans(documents, context);
};
export const request: DecisionRequest = {
  consumer: 'education',
  dataset: 'pub-security.household',
  agreement: 'agr-a',
  purpose: 'school-enrolment',
  onBehalfOf: undefined,
  matter: undefined,
  fields: undefined,
  filter: [],
  sort: [],
  limit: undefined,
};
