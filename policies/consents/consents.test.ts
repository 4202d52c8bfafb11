import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { personCommitment } from '../../log/commitment.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import { toBase64url } from '../../log/base64.ts';
import type { Consent } from './consent.ts';
import { checkOpening, readConsent } from './readConsent.ts';
import {
  consentFault,
  giverFault,
  standsFrom,
  type ConsentAsk,
  type ConsentPerson,
  type ConsentState,
} from './verdict.ts';

const time = (text: string): number => Date.parse(text);
const consent: ConsentState = {
  consent: 'consent-1',
  state: 'given',
  collectedBy: 'pub-security',
  fields: ['name', 'birth_date'],
  notBefore: time('2026-03-01T00:00:00+08:00'),
  until: time('2027-03-01T00:00:00+08:00'),
  maxUses: undefined,
  uses: 0,
  guardian: 'mother',
  retention: undefined,
};
const ask: ConsentAsk = {
  fields: ['name'],
  now: time('2026-06-01T00:00:00+08:00'),
  guardianUnder: 14,
  collectors: ['pub-security', 'health'],
  deletedAfter: undefined,
};
const child: ConsentPerson = { birth: { year: 2012, month: 9, day: 1 }, guardian: 'mother' };

describe('a consent at a time', () => {
  const fault = (changes: Partial<ConsentState>, requested: Partial<ConsentAsk> = {}) =>
    consentFault({ ...consent, ...changes }, { ...ask, ...requested });

  test('carries the fields it names, all of them or none', () => {
    assert.equal(fault({}), undefined);
    assert.equal(fault({}, { fields: ['name', 'birth_date'] }), undefined);
    assert.equal(fault({}, { fields: ['name', 'address'] }), 'other_fields');
    assert.equal(consentFault(undefined, ask), 'no_consent');
  });

  test('counts from those whom the agreement lets request it, and from no other', () => {
    assert.equal(fault({ collectedBy: 'health' }), undefined);
    assert.equal(fault({ collectedBy: 'ecology' }), 'other_collector');
  });

  test('limits how long data may be retained: it does not cover an agreement that retains longer, or forever', () => {
    const stored = (retention: string, deletedAfter?: string) => fault({ retention }, { deletedAfter });
    assert.equal(stored('P30D'), 'kept_longer');
    assert.equal(stored('P30D', 'P31D'), 'kept_longer');
    assert.equal(stored('P30D', 'P30D'), undefined);
    assert.equal(stored('P1M', 'P30D'), undefined, 'June has thirty days');
    assert.equal(stored('P1Y', 'P180D'), undefined);
    assert.equal(fault({}, { deletedAfter: 'P10Y' }), undefined, 'no time was named');
  });

  test('half-open term, withdrawal, uses', () => {
    assert.equal(fault({}, { now: consent.notBefore - 1 }), 'not_yet');
    assert.equal(fault({}, { now: consent.notBefore }), undefined);
    assert.equal(fault({}, { now: consent.until - 1 }), undefined);
    assert.equal(fault({}, { now: consent.until }), 'expired');
    assert.equal(fault({ state: 'withdrawn' }), 'withdrawn');
    assert.equal(fault({ maxUses: 5, uses: 4 }), undefined);
    assert.equal(fault({ maxUses: 5, uses: 5 }), 'used_up');
  });
});

describe('the beginning of a consent', () => {
  const begins = '2026-03-01T00:00:00+08:00';
  const from = (ahead: number): number => standsFrom(begins, time(begins) - ahead) - time(begins);

  test('from its entry on, where it begins now by a clock up to half a minute fast', () => {
    assert.deepEqual([1, 2_500, 30_000].map(from), [-1, -2_500, -30_000]);
  });

  test('else at its stated time: later, and not earlier where it was received late', () => {
    assert.deepEqual([30_001, 86_400_000, 0, -1, -86_400_000].map(from), [0, 0, 0, 0, 0]);
  });
});

describe('who had to give it', () => {
  const fault = (
    guardian: string | undefined,
    now: string,
    person: ConsentPerson = child,
    guardianUnder: number | undefined = 14,
  ) => giverFault({ ...consent, guardian }, { ...ask, now: time(now), guardianUnder }, person);

  test('the guardian of the register until the fourteenth birthday in China, then the person', () => {
    assert.equal(fault('mother', '2026-08-31T23:59:59+08:00'), undefined);
    assert.equal(fault(undefined, '2026-08-31T23:59:59+08:00'), 'guardian_required');
    assert.equal(fault('mother', '2026-09-01T00:00:00+08:00'), 'no_consent');
    assert.equal(fault('mother', '2026-08-31T23:59:59+08:00', child, 13), 'no_consent', 'another age');
    assert.equal(fault(undefined, '2026-09-01T00:00:00+08:00'), undefined);
  });

  test('a guardian whom the register does not name is none; an unknown birth counts as under age', () => {
    assert.equal(fault('aunt', '2026-06-01T00:00:00+08:00'), 'guardian_required');
    const unregistered = { ...child, guardian: undefined };
    assert.equal(fault('mother', '2026-06-01T00:00:00+08:00', unregistered), 'guardian_required');
    const unborn = { ...child, birth: undefined };
    assert.equal(fault('mother', '2030-06-01T00:00:00+08:00', unborn), undefined);
    assert.equal(fault(undefined, '2030-06-01T00:00:00+08:00', unborn), 'guardian_required');
  });

  test('where age is not asked the person gives it, or a guardian of the register', () => {
    const requested = (guardian: string | undefined) =>
      giverFault({ ...consent, guardian }, { ...ask, guardianUnder: undefined }, child);
    assert.equal(requested(undefined), undefined);
    assert.equal(requested('mother'), undefined);
    assert.equal(requested('aunt'), 'guardian_required');
  });
});

describe('reading a consent', () => {
  const salt = newSalt();
  const subject = { kind: 'person', commitment: personCommitment('990101201209010011', salt) } as const;
  const mother = { kind: 'person', commitment: personCommitment('990101198001010021', newSalt()) } as const;
  const consent: Consent = {
    v: 1,
    id: 'consent-1',
    subject,
    provider: 'pub-security',
    recipient: 'education',
    dataset: 'pub-security.household',
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-03-01T00:00:00+08:00',
    expires: '2027-03-01T00:00:00+08:00',
    notice: { digest: '0'.repeat(64), language: 'zh' },
    method: 'app',
    collectedBy: 'pub-security',
    grantedBy: { kind: 'guardian', subject: mother },
    separate: true,
  };
  const refused = (payload: unknown, signer = 'pub-security'): void =>
    assert.throws(() => readConsent(payload, signer), { code: 'consent_invalid' });

  test('signed by the department that collected it, never by the recipient or another', () => {
    assert.deepEqual(readConsent(JSON.parse(JSON.stringify(consent)), 'pub-security'), consent);
    refused(consent, 'education');
    refused({ ...consent, collectedBy: 'education' }, 'education');
    refused(consent, 'transport');
  });

  test('closed, requested separately, with a real term; a person cannot be their own guardian', () => {
    refused({ ...consent, permit: [] });
    refused({ ...consent, assurance: 'high' });
    refused({ ...consent, separate: false });
    refused({ ...consent, expires: consent.notBefore });
    refused({ ...consent, expires: '2027-02-30T00:00:00+08:00' });
    refused({ ...consent, v: 2 });
    refused({ ...consent, subject: { kind: 'person', value: '990101201209010011' } });
    refused({ ...consent, subject: { ...subject, kind: 'company' } });
    refused({ ...consent, grantedBy: { kind: 'guardian', subject } });
    refused({ ...consent, grantedBy: { kind: 'neighbour', subject: mother } });
    refused({ ...consent, grantedBy: { kind: 'self', subject: mother } });
    refused({ ...consent, grantedBy: { kind: 'guardian', subject: { ...mother, kind: 'company' } } });
    refused(JSON.parse('{"__proto__": {"id": "x"}}'));
    refused(null);
  });

  test('states how the person was asked, without statements that only the hub makes', () => {
    assert.equal(readConsent({ ...consent, method: 'letter' }, 'pub-security').method, 'letter');
    for (const method of ['paper', 'Paper ', 'ｐａｐｅｒ', 'own page', 'own-page', 'OWN  PAGE'])
      refused({ ...consent, method });
  });

  test('value and the salt next to it are the ones it committed to', () => {
    const opening = { value: '990101201209010011', salt: toBase64url(salt) };
    assert.equal(checkOpening(subject, opening), opening.value);
    for (const wrong of [
      undefined,
      { ...opening, value: '990101201209010012' },
      { ...opening, salt: toBase64url(newSalt()) },
      { ...opening, salt: 'AA' },
      { ...opening, salt: '*'.repeat(22) },
    ]) {
      assert.throws(() => checkOpening(subject, wrong), { code: 'consent_invalid' });
    }
  });
});
