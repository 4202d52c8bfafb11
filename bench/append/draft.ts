/** Drafts as releases of personal data make them. */
import { randomBytes } from 'node:crypto';
import type { EntryDraft } from '../../hub/log/draft.ts';
import { subjectsOf } from '../../hub/log/subjects.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import type { Leaf } from '../../log/leaf.ts';
import { uuid7 } from '../../machine/uuid7.ts';

export interface Draft extends EntryDraft<Draft> {
  readonly subjects: NonNullable<EntryDraft<Draft>['subjects']>;
  readonly claims: Required<Pick<EntryDraft<Draft>['claims'], 'nonce' | 'quotas' | 'epoch'>>;
}

let made = 0;
const keyids = Array.from({ length: 20 }, () => randomBytes(32).toString('base64url'));
const digest = randomBytes(32).toString('base64url');
const pick = (prefix: string, count: number): string => `${prefix}-${made % count}`;

/** A leaf of about 900 B, as a release of personal data writes it. */
export function draftOf(epoch: number): Draft {
  made += 1;
  const now = Date.now();
  const consumer = pick('consumer', 20);
  const provider = pick('provider', 12);
  const keyid = keyids[made % keyids.length] ?? '';
  const subjects = subjectsOf([newSalt()]);
  if (subjects === undefined) throw new Error('no subject');
  const leaf: Leaf = {
    v: 1,
    id: uuid7(now),
    at: new Date(now).toISOString(),
    kind: 'release',
    operation: 'queryDataset',
    decision: made % 20 === 0 ? 'deny' : 'allow',
    ...(made % 20 === 0 ? { code: 'purpose_not_agreed' } : {}),
    actor: { department: consumer, keyid, certificate: '5f3c9a7711223344' },
    consumer,
    provider,
    dataset: `${provider}.household`,
    schema: 'urn:datong:household:1.0',
    agreement: pick('agr-2026', 40),
    purpose: 'school-enrolment',
    onBehalfOf: 'clerk-0042',
    matter: `2026-09-${made}`,
    fields: { address: 'clear', birth_date: 'dateTrunc', name: 'personName', person_id: 'idCard' },
    rows: { delivered: 1, withheld: 0 },
    subjects: subjects.leaf,
    request: digest,
    reply: digest,
    status: 200,
    policy: digest,
    epoch,
  };
  const draft: Draft = {
    leaf,
    claims: {
      nonce: { keyid, nonce: `${now.toString(36)}-${made.toString(36)}-0123456789`, expires: 0 },
      quotas: [{ of: 'calls', counter: leaf.agreement ?? '', day: '2026-09-01', calls: 1, max: 1e12 }],
      epoch,
    },
    subjects: subjects.stored,
    whenLost: (claim) => {
      throw new Error(`lost ${claim}`);
    },
  };
  return draft;
}
