import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Consent, ConsentEvent, ConsentSigner } from './consent.ts';
import { consentState, type ConsentAsk, type ConsentHistory, type ConsentSubject } from './consentState.ts';
import { consentPayload, readConsent } from './readConsent.ts';

const time = (text: string): number => Date.parse(text);
const purposes = [
  { code: 'public-service' },
  { code: 'school-enrolment', parent: 'public-service' },
  { code: 'school-meals', parent: 'public-service' },
];
const consent: Consent = {
  id: 'consent-1',
  schemaVersion: 1,
  subjectKey: 'subject-key-of-child',
  subjectIdScheme: 'cn.resident-id',
  provider: 'pub-security',
  recipient: 'education',
  purposes: ['school-enrolment'],
  dataset: 'pub-security.household',
  fields: ['name', 'birth_date'],
  notBefore: '2026-03-01T00:00:00+08:00',
  expires: '2027-03-01T00:00:00+08:00',
  accessMode: 'view',
  notice: { reference: 'notice-7', digest: '0'.repeat(64), language: 'zh', purposes: ['school-enrolment'] },
  method: 'city app',
  collectedBy: 'data-office',
  grantedBy: { kind: 'guardian', subjectKey: 'subject-key-of-mother', evidence: 'household register' },
  separate: true,
  jurisdiction: 'CN',
};
const child: ConsentSubject = {
  birth: { year: 2012, month: 9, day: 1 },
  guardians: ['subject-key-of-mother'],
};
const ask: ConsentAsk = {
  recipient: 'education',
  dataset: 'pub-security.household',
  purpose: 'school-enrolment',
  fields: ['name'],
  now: time('2026-06-01T00:00:00+08:00'),
  guardianUnder: 14,
};
const event = (type: ConsentEvent['type'], at: string, id = 'consent-1'): ConsentEvent => ({
  consent: id,
  type,
  at: time(at),
});
const given = event('given', '2026-03-02T00:00:00+08:00');
const history = (changes: Partial<Consent> = {}, events = [given], uses = 0): ConsentHistory => ({
  consent: { ...consent, ...changes },
  events,
  uses,
});
const codeOf = (
  histories: readonly ConsentHistory[],
  changes: Partial<ConsentAsk> = {},
  subject = child,
): string => {
  const state = consentState(histories, { ...ask, ...changes }, subject, purposes);
  return 'code' in state ? state.code : 'valid';
};

describe('consent at a time', () => {
  test('given, for this recipient, dataset, purpose and fields', () => {
    assert.equal(codeOf([history()]), 'valid');
    assert.equal(codeOf([]), 'no_consent');
    assert.equal(codeOf([history()], { fields: ['name', 'address'] }), 'no_consent');
    assert.equal(codeOf([history()], { recipient: 'transport' }), 'no_consent');
    assert.equal(codeOf([history()], { dataset: 'pub-security.vehicle' }), 'no_consent');
  });

  test('a parent purpose covers its children if the notice named it, never the reverse', () => {
    const parent = {
      purposes: ['public-service'],
      notice: { ...consent.notice, purposes: ['public-service'] },
    };
    assert.equal(codeOf([history(parent)]), 'valid');
    assert.equal(codeOf([history(parent)], { purpose: 'school-meals' }), 'valid');
    assert.equal(
      codeOf([history({ purposes: ['public-service'] })], { purpose: 'school-meals' }),
      'no_consent',
    );
    assert.equal(codeOf([history()], { purpose: 'public-service' }), 'no_consent');
    assert.equal(codeOf([history()], { purpose: 'school-meals' }), 'no_consent');
  });

  test('the newest event wins, a denial wins a tie', () => {
    const withdrawn = event('withdrawn', '2026-05-01T00:00:00+08:00');
    assert.equal(codeOf([history({}, [given, withdrawn])]), 'withdrawn');
    assert.equal(
      codeOf([history({}, [withdrawn, given])]),
      'withdrawn',
      'whatever the order they are read in',
    );
    const again = event('renewed', '2026-05-02T00:00:00+08:00');
    assert.equal(codeOf([history({}, [given, withdrawn, again])]), 'valid');
    const tie = event('given', '2026-05-01T00:00:00+08:00');
    assert.equal(codeOf([history({}, [tie, withdrawn])]), 'withdrawn');
    assert.equal(codeOf([history({}, [withdrawn, tie])]), 'withdrawn');
    assert.equal(codeOf([history({}, [given, event('refused', '2026-05-01T00:00:00+08:00')])]), 'no_consent');
    const other = history({ id: 'consent-2', fields: ['name'] }, [
      event('withdrawn', '2026-05-03T00:00:00+08:00'),
    ]);
    assert.equal(codeOf([history(), other]), 'withdrawn', 'also of another artefact that touches a field');
  });

  test('a withdrawal holds from its own moment on and not before', () => {
    const withdrawn = event('withdrawn', '2026-06-01T00:00:00+08:00');
    assert.equal(codeOf([history({}, [given, withdrawn])]), 'withdrawn');
    assert.equal(codeOf([history({}, [given, withdrawn])], { now: ask.now - 1 }), 'valid');
  });

  test('half-open term, uses, separate consent', () => {
    assert.equal(
      codeOf(
        [history()],
        { now: time(consent.expires) - 1 },
        { ...child, birth: { year: 2020, month: 1, day: 1 } },
      ),
      'valid',
    );
    assert.equal(codeOf([history()], { now: time(consent.expires) }), 'expired');
    assert.equal(codeOf([history({ notBefore: '2026-06-01T00:00:01+08:00' })]), 'no_consent');
    assert.equal(codeOf([history({ maxUses: 5 }, [given], 4)]), 'valid');
    assert.equal(codeOf([history({ maxUses: 5 }, [given], 5)]), 'used_up');
    assert.equal(codeOf([history({ separate: false })]), 'not_separate');
  });

  test('the guardian decides until the fourteenth birthday in China, then only the person', () => {
    const birthday = time('2026-09-01T00:00:00+08:00');
    const own = { id: 'consent-3', grantedBy: { kind: 'self' } as const };
    assert.equal(codeOf([history()], { now: birthday - 1 }), 'valid');
    assert.equal(codeOf([history()], { now: birthday }), 'no_consent');
    assert.equal(codeOf([history(own)], { now: birthday - 1 }), 'guardian_required');
    assert.equal(codeOf([history(own)], { now: birthday }), 'valid');
    assert.equal(codeOf([history()], {}, { ...child, guardians: [] }), 'guardian_required');
    assert.equal(
      codeOf([history()], {}, { guardians: ['subject-key-of-mother'] }),
      'valid',
      'unknown birth counts as under age',
    );
  });
});

describe('reading a consent', () => {
  const office: ConsentSigner = { kind: 'department', code: 'data-office' };
  const refused = (payload: unknown, signer: ConsentSigner = office): void =>
    assert.throws(() => readConsent(payload, signer), { code: 'consent_invalid' });

  test('signed by the collecting department, or by the person who gave it', () => {
    assert.deepEqual(readConsent(JSON.parse(consentPayload(consent)), office), consent);
    assert.deepEqual(readConsent(consent, { kind: 'subject', subjectKey: 'subject-key-of-mother' }), consent);
  });

  test('never by the recipient, another department or another person', () => {
    refused({ ...consent, collectedBy: 'education' }, { kind: 'department', code: 'education' });
    refused(consent, { kind: 'department', code: 'transport' });
    refused(consent, { kind: 'subject', subjectKey: 'subject-key-of-child' });
  });

  test('closed: unknown members, purposes outside the notice and empty terms are refused', () => {
    refused({ ...consent, permit: [] });
    refused({ ...consent, purposes: ['school-meals'] });
    refused({ ...consent, expires: consent.notBefore });
    refused({ ...consent, expires: '2027-02-30T00:00:00+08:00' });
    refused({ ...consent, subjectKey: '11010519491231002X' + ' ' });
    refused(JSON.parse('{"__proto__": {"id": "x"}}'));
    refused(null);
  });
});
