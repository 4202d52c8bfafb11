/** Leaves as a city's departments write them: some twenty departments, each with its key, its agreements and its officials. */
import { hash } from 'node:crypto';
import { prepareLeaf } from '../log/leafBytes.ts';
import type { Leaf } from '../log/leaf.ts';

const digest = (text: string): string => hash('sha256', text, 'base64url');
const begin = Date.UTC(2026, 8, 1);

/** The same number gives the same leaf: a release, every tenth one refused. */
export function leafOfThreeYears(nth: number): Leaf {
  const by = nth % 20;
  const about = nth % 7;
  const denied = nth % 10 === 0;
  const hex = hash('sha256', `exchange ${nth}`, 'hex');
  return {
    v: 1,
    id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`,
    at: new Date(begin + 7_919 * nth).toISOString(),
    kind: 'release',
    operation: nth % 3 === 0 ? 'checkFact' : 'queryDataset',
    decision: denied ? 'deny' : 'allow',
    ...(denied ? { code: 'purpose_not_agreed' } : {}),
    actor: {
      department: `consumer-${by}`,
      keyid: digest(`key ${by}`),
      certificate: hash('sha256', `certificate ${by}`, 'hex').slice(0, 32),
    },
    consumer: `consumer-${by}`,
    provider: `provider-${about}`,
    dataset: `provider-${about}.household`,
    schema: 'urn:datong:household:1.0',
    agreement: `agr-${by}-${about}`,
    purpose: 'school-enrolment',
    onBehalfOf: `clerk-${by}-${nth % 90}`,
    matter: `2026-09-${nth}`,
    ...(denied ? {} : { fields: { birth_date: 'dateTrunc', name: 'personName', person_id: 'idCard' } }),
    ...(denied ? {} : { rows: { delivered: 1, withheld: 0 } }),
    ...(denied ? {} : { subjects: { count: 1, commitment: digest(`subjects ${nth}`) } }),
    request: digest(`request ${nth}`),
    reply: digest(`reply ${nth}`),
    status: denied ? 403 : 200,
    policy: digest('policy'),
    epoch: 12,
  };
}

export const leafBytesOf = (nth: number): Uint8Array => prepareLeaf(leafOfThreeYears(nth)).bytes;
