/** «谁查过我»: what a person is shown, by whom, and what is withheld for a while. Run on the hub of consent.test.ts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { signJws, assertionType } from '../../certs/jws.ts';
import { signedConsent, committed, type GivenConsent } from '../../clients/sdk/consents.ts';
import { jsonCall } from '../../clients/sdk/jsonCall.ts';
import { verifySubjectView, type SignedSubjectView } from '../../clients/sdk/subjects.ts';
import { parseAnchors } from '../../log/anchors.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { runDatong } from '../datong.ts';
import type { City, TestHub } from '../hub.ts';
import { reported, viewDelayTest } from './viewDelayTest.ts';
import { leafTexts } from '../leafTexts.ts';

export interface SubjectViewStage {
  readonly hub: TestHub;
  readonly city: City;
  readonly database: Database;
  /** a consent for the family at a place, not handed in */
  consentOf(at: number): GivenConsent;
  personAt(at: number): string;
  /** Education queries school meals. */
  ask(at: number): Promise<unknown>;
}

export function subjectViewTests(stage: SubjectViewStage): void {
  const { hub, city, database } = stage;
  const consentOf = (at: number): GivenConsent => stage.consentOf(at);
  const personAt = (at: number): string => stage.personAt(at);
  const ask = (at: number): Promise<unknown> => stage.ask(at);
  const { client: police } = city.publicSecurity;
  const { client: education } = city.education;
  const view = async (person: string, more: object = {}): Promise<SignedSubjectView> =>
    (await police.viewSubject({ person, presentedBy: 'guardian', assurance: 'high', ...more })).json;
  const staff = async (token: string, method: string, path: string, body?: object) => {
    const { status, json } = await hub.staff(token, method, path, body);
    return { status, json, code: json['code'] };
  };
  /** Proposed by one person, accepted by another. */
  async function agreed(by: string, path: string, body: object): Promise<void> {
    const { json, status } = await staff(by, 'POST', path, body);
    assert.equal(status, 202, JSON.stringify(json));
    const proposal = `/v1/proposals/${String(json['proposal'])}`;
    const shown = await staff(city.security, 'GET', proposal);
    assert.equal(JSON.stringify(shown.json).includes('9901'), false, 'no proposal names a person');
    const digest = { digest: shown.json['digest'] };
    const accepted = await staff(city.security, 'POST', `${proposal}/acceptance`, digest);
    assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  }
  const accessRecordsOf = async (person: string): Promise<readonly string[]> =>
    (await view(person)).view.looks.map(
      ({ operation, outcome, department }) => `${department?.code ?? ''} ${operation} ${outcome}`,
    );

  describe('who read my data', () => {
    test('a department without an appointment learns nothing; two persons appoint one', async () => {
      assert.equal(await reported(view(personAt(60))), 'not_person_service');
      const body = { department: 'pub-security', appointed: true };
      const proposed = await staff(city.operator, 'POST', '/v1/person-services', body);
      assert.equal(proposed.status, 202);
      assert.equal(await reported(view(personAt(60))), 'not_person_service', 'one person is not enough');
      await agreed(city.operator, '/v1/person-services', body);
      assert.deepEqual((await view(personAt(60))).view.looks, []);
      const page = police.openOwnPage({ person: personAt(60), presentedBy: 'self', assurance: 'high' });
      assert.equal(await reported(page), 'own_page_off', 'this hub has no listener for persons');
      const unappointed = { department: 'nobody', appointed: true };
      assert.equal(
        (await staff(city.operator, 'POST', '/v1/person-services', unappointed)).code,
        'department_unknown',
      );
    });

    test('a person is shown who read, for what, on which basis, and who tried; the view itself is shown by the next', async () => {
      const given = consentOf(60);
      const person = given.person;
      assert.equal(await reported(ask(60)), 'consent_missing');
      await police.giveConsent(given);
      await ask(60);
      const statutory = {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
        onBehalfOf: 'official-17',
        matter: 'YX-2026-000123',
      };
      const about = [{ field: 'person_id', op: 'eq' as const, value: person }];
      await education.query('pub-security.household', { filter: about }, statutory);
      await police.withdrawConsent(given.id);
      const { view: first } = await view(person);
      assert.deepEqual(
        first.looks.map(({ operation, outcome, code }) => [operation, outcome, code]),
        [
          ['withdrawConsent', 'answered', undefined],
          ['queryDataset', 'answered', undefined],
          ['queryDataset', 'answered', undefined],
          ['giveConsent', 'answered', undefined],
          ['queryDataset', 'refused', 'consent_missing'],
          ['viewSubject', 'answered', undefined],
        ],
      );
      const [, byLaw, byConsent] = first.looks;
      assert.ok(byLaw !== undefined && byConsent !== undefined);
      assert.deepEqual(byLaw.basis, {
        type: 'statutory',
        reference: '中华人民共和国义务教育法',
        clause: '第十二条',
      });
      assert.deepEqual(byLaw.notice, { law: '中华人民共和国个人信息保护法', clause: '第三十五条' });
      assert.equal(byConsent.notice, undefined, 'the notice was shown before the consent');
      assert.equal(byLaw.matter, 'YX-2026-000123');
      assert.equal(first.looks[4]?.fields, undefined, 'nothing left with a refusal');
      assert.deepEqual(byConsent.basis, { type: 'consent' });
      assert.deepEqual(byConsent.consents, [given.id]);
      assert.equal(byConsent.purpose?.title?.zh, '学校营养餐资助');
      assert.deepEqual(
        [byConsent.purpose.title.en, byConsent.department?.title, byConsent.dataset?.title],
        [
          'Subsidised school meals',
          { zh: '云栖市教育局', en: 'Yunqi Education Bureau' },
          { zh: '户籍人口', en: 'Household register' },
        ],
        'purpose, department and dataset are told by their names',
      );
      assert.deepEqual(
        byConsent.fields?.map(({ code, title, mask }) => [code, title?.zh, mask.split(' ')[0]]),
        [
          ['income', '家庭年收入', 'band'],
          ['name', '姓名', 'personName'],
        ],
      );
      assert.deepEqual(
        first.consents.map(({ id, state }) => [id, state]),
        [[given.id, 'withdrawn']],
      );
      assert.equal((await accessRecordsOf(person))[0], 'pub-security viewSubject answered');
    });

    test('pages join, and say nothing of who is on them', async () => {
      const whole = (await view(personAt(60))).view.looks.map(({ exchange }) => exchange);
      const page = (await view(personAt(60), { limit: 3 })).view;
      assert.equal(page.looks.length, 3);
      const rest = (await view(personAt(60), { before: page.next })).view;
      assert.deepEqual(
        [...page.looks.slice(1), ...rest.looks].map(({ exchange }) => exchange),
        whole,
      );
      const unknown = '01890000-0000-7000-8000-000000000000';
      assert.equal(await reported(view(personAt(60), { before: unknown })), 'not_found');
    });

    test('of an answer about many a person sees their own consent alone', async () => {
      const consents = [61, 62].map((at) => consentOf(at));
      for (const given of consents) await police.giveConsent(given);
      const listing = {
        purpose: 'school-meals',
        agreement: 'agr-school-meals-list',
        matter: 'YC-2026-000018',
      };
      let pages = 0;
      for await (const _page of education.queryPages('pub-security.household', { limit: 100 }, listing))
        pages += 1;
      assert.ok(pages > 0);
      const seen = (await view(personAt(61))).view.looks.flatMap(({ consents: ids = [] }) => ids);
      assert.deepEqual([...new Set(seen)], [consents[0]?.id]);
    });

    test('the answer is signed: altered, or said to be about another, it does not verify', async () => {
      const anchors = parseAnchors(await education.anchorsDocument());
      const key = (keyid: string) => anchors.hubKeys.find((one) => one.keyid === keyid);
      const signed = await view(personAt(61));
      await verifySubjectView(signed, key);
      const altered = { ...signed, view: { ...signed.view, looks: signed.view.looks.slice(1) } };
      await assert.rejects(verifySubjectView(altered, key), { code: 'jws_invalid' });
      const folder = mkdtempSync(join(tmpdir(), 'datong-view-'));
      try {
        const at = (name: string): string => join(folder, name);
        const counter = await atCounter(personAt(61));
        writeFileSync(at('view.json'), JSON.stringify(counter));
        writeFileSync(at('anchors.json'), JSON.stringify(await education.anchorsDocument()));
        writeFileSync(at('own.txt'), personAt(61));
        writeFileSync(at('other.txt'), personAt(62));
        const verify = (person: string) =>
          runDatong([
            'subject',
            'verify',
            at('view.json'),
            '--anchors',
            at('anchors.json'),
            '--person',
            at(person),
          ]);
        assert.equal((await verify('own.txt')).code, 0);
        assert.equal((await verify('other.txt')).code, 5);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    let clerk = '';
    async function atCounter(value: string, more: object = {}): Promise<Record<string, unknown>> {
      clerk ||= await hub.token('clerk', ['steward'], 'pub-security');
      const body = {
        subject: { kind: 'person', value },
        document: 'household-book',
        presentedBy: 'guardian',
        application: 'CK-2026-0031',
        ...more,
      };
      return (await staff(clerk, 'POST', '/v1/subject-views/at-counter', body)).json;
    }

    test('at a counter the clerk states what they checked, and it is in the log', async () => {
      const { view: seen } = (await atCounter(personAt(61))) as unknown as SignedSubjectView;
      assert.ok(seen.looks.length > 0);
      assert.equal(
        (await atCounter(personAt(61), { application: personAt(62) }))['code'],
        'search_identity_number',
      );
      const stranger = await hub.token('stranger', ['steward'], 'education');
      const body = { subject: { kind: 'person', value: personAt(61) }, document: 'passport' };
      const requested = { ...body, presentedBy: 'self', application: 'CK-1' };
      const refused = await staff(stranger, 'POST', '/v1/subject-views/at-counter', requested);
      assert.equal(refused.code, 'not_person_service');
      const [leaf = ''] = await leafTexts(database, 'id = $1', seen.exchange);
      assert.match(leaf, /"application":"CK-2026-0031","counter":"pub-security","document":"household-book"/);
      assert.equal(leaf.includes(personAt(61)), false);
      // a clerk who reads data of persons at a counter is logged
      const officer = await hub.token('officer of looks', ['security']);
      const { json } = await hub.staff(officer, 'GET', '/v1/log/reads?limit=4');
      const reported = (json['reads'] as Record<string, unknown>[]).map((one) => [
        ...[one['operation'], one['personName'], one['department'], one['code'], one['by']],
        ...[one['case'], one['entries']],
      ]);
      const look = 'viewSubjectAtCounter';
      assert.deepEqual(reported.slice(0, 3), [
        [look, 'stranger', 'education', 'not_person_service', 'subject', undefined, undefined],
        [look, 'clerk', 'pub-security', 'search_identity_number', 'subject', undefined, undefined],
        [look, 'clerk', 'pub-security', undefined, 'subject', 'CK-2026-0031', seen.looks.length],
      ]);
      // and by their own department's officer, who sees no other department's clerk
      const otherOfficer = await hub.token('officer of clerks', ['security'], 'pub-security');
      const own = (await hub.staff(otherOfficer, 'GET', '/v1/log/reads?limit=2')).json[
        'reads'
      ] as (typeof json)[];
      assert.deepEqual(
        own.map((one) => [one['operation'], one['personName'], one['case']]),
        [
          [look, 'clerk', undefined],
          [look, 'clerk', 'CK-2026-0031'],
        ],
      );
    });

    test('an assertion opens one view: not twice, not late, not for another person, department or hub', async () => {
      const { signing, department } = city.publicSecurity;
      const person = committed(personAt(63));
      const now = hub.hub.database.now();
      const time = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
      let made = 0;
      const submit = (
        change: object,
        opening: object = person.opening,
        typ = assertionType,
        by = police,
        key = signing,
      ) => {
        made += 1;
        const assertion = {
          v: 1,
          id: `once-${made}`,
          hub: hub.hub.origins.exchange,
          subject: person.committed,
          presentedBy: 'self',
          assurance: 'high',
          assertedBy: department,
          issuedAt: time(0),
          expires: time(5),
          ...change,
        };
        const body = { assertion: signJws(canonicalJson(assertion), key, { typ }), subject: opening };
        return reported(by.call(jsonCall('/v1/subject-views', body, {}, 'required')));
      };
      assert.equal(await submit({ id: 'the-one' }), 'answered');
      assert.equal(await submit({ id: 'the-one' }), 'assertion_used');
      const twice = await Promise.all([submit({ id: 'a-race' }), submit({ id: 'a-race' })]);
      assert.deepEqual(twice.sort(), ['answered', 'assertion_used']);
      for (const change of [
        { issuedAt: time(-20), expires: time(-11) },
        { issuedAt: time(2), expires: time(5) },
        { expires: time(11) },
        { hub: 'https://elsewhere.example' },
        { assertedBy: 'education' },
        { assurance: 'low' },
        { presentedBy: 'neighbour' },
        { more: true },
      ])
        assert.equal(await submit(change), 'assertion_invalid', JSON.stringify(change));
      assert.equal(await submit({}, committed(personAt(62)).opening), 'assertion_invalid');
      assert.equal(await submit({}, person.opening, 'datong-consent+jws'), 'assertion_invalid');
      assert.equal(
        await submit({}, person.opening, assertionType, police, city.education.signing),
        'assertion_invalid',
      );
      assert.equal(
        await submit(
          { assertedBy: 'education' },
          person.opening,
          assertionType,
          education,
          city.education.signing,
        ),
        'not_person_service',
      );
      assert.equal(await reported(view(personAt(63).toLowerCase().replace(/.$/, 'x'))), 'assertion_invalid');
      const consent = signedConsent(consentOf(63), department, signing);
      const swapped = { assertion: consent.consent, subject: consent.subject };
      assert.equal(
        await reported(police.call(jsonCall('/v1/subject-views', swapped, {}, 'required'))),
        'assertion_invalid',
      );
    });

    viewDelayTest({
      hub,
      database,
      person: personAt(64),
      ask: () => ask(64),
      police,
      view,
      looksOf: accessRecordsOf,
      staff,
      agreed,
    });
  });
}
