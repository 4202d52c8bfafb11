/** Consent on the data's path: its state decides call by call, and no caller learns of persons who did not agree. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { signedConsent, type GivenConsent } from '../../clients/sdk/consents.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { commitmentTo } from '../../log/commitment.ts';
import type { Leaf } from '../../log/leaf.ts';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { consentType, signJws } from '../../certs/jws.ts';
import type { Machine } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { post } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { householdRow } from './liveProvider.ts';
import { noticeTests } from './noticeTests.ts';
import { sameWorkTests } from './sameWorkTests.ts';
import { subjectViewTests } from './subjectViewTests.ts';
import { leafTexts } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const { client: education } = city.education;
const { client: police } = city.publicSecurity;
const household = 'pub-security.household';
const file = householdFile(1500, 11);
const families = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
let notice = '';

const context: CallContext = {
  purpose: 'school-meals',
  agreement: 'agr-school-meals',
  onBehalfOf: 'official-0317',
  matter: 'YC-2026-000017',
};
const about = (id: string) => ({ filter: [{ field: 'person_id', op: 'eq' as const, value: id }] });

let made = 0;
function consentOf(at: number, change: Partial<GivenConsent> = {}): GivenConsent {
  const family = families[at];
  assert.ok(family);
  made += 1;
  return {
    id: `meals-${made}`,
    person: family.id,
    guardian: family.guardian,
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: notice, language: 'zh' },
    method: 'app',
    ...change,
  };
}

const personAt = (at: number): string => {
  const family = families[at];
  assert.ok(family);
  return family.id;
};

const reported = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const refusedBy = (by: Machine['client'], change: Partial<GivenConsent>): Promise<string> =>
  reported(by.giveConsent(consentOf(12, change)));
const ask = (at: number) => education.query(household, about(personAt(at)), context);

before(async () => {
  await police.sendFile(household, file.bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  notice = rows[0]?.digest ?? '';
});

describe('a named person', () => {
  test('without consent nothing leaves, and the answer is the same whether or not the person is in the dataset', async () => {
    const codes: string[] = [];
    const leaves: string[] = [];
    for (const id of [personAt(0), '990101201501010015']) {
      const problem = await education.query(household, about(id), context).then(
        () => assert.fail('was answered'),
        (error: unknown) => error,
      );
      assert.ok(problem instanceof DatongProblem);
      const { exchange: _exchange, ...body } = JSON.parse(
        Buffer.from(problem.kept?.reply.body ?? []).toString('utf8'),
      ) as Record<string, unknown>;
      codes.push(JSON.stringify(body));
      const {
        id: _id,
        at: _at,
        request: _request,
        reply: _reply,
        subjects: _subjects,
        ...leaf
      } = await lastLeaf(database);
      leaves.push(JSON.stringify(leaf));
    }
    assert.equal(codes[0], codes[1]);
    assert.equal(leaves[0], leaves[1]);
    assert.match(codes[0] ?? '', /consent_missing/);
  });

  test('the agreement decides whether it is asked: under one that does not ask the same row leaves without it', async () => {
    const id = 'agr-meals-by-law';
    const under = { ...context, agreement: id };
    const basis = { type: 'statutory', reference: '学校营养餐条例', clause: '第三条' };
    const asks = { required: true, guardianUnder: 14, birth: 'birth_date', guardian: 'guardian_id' };
    const codes: string[] = [];
    for (const [at, consent] of [undefined, asks].entries()) {
      const change = (grant: object) => ({ ...grant, consent });
      await applyGrant(hub, city, 'school-meals/agreement.yaml', at + 1, change, { id, basis });
      codes.push(await reported(education.query(household, about(personAt(0)), under)));
    }
    assert.deepEqual(codes, ['answered', 'consent_missing']);
  });

  test("with the guardian's consent the row leaves, masked; withdrawn, the next call is refused", async () => {
    const given = consentOf(1);
    const { json } = await police.giveConsent(given);
    assert.equal(json.state, 'given');
    const answer = await ask(1);
    assert.deepEqual(Object.keys(answer.json.records[0] ?? {}), ['name', 'income']);
    assert.match(String(answer.json.records[0]?.['income']), /^(?:<|≥|\[)\d/);
    const leaf = await lastLeaf(database);
    assert.equal(typeof leaf.private, 'string');
    assert.equal(JSON.stringify(leaf).includes(given.id), false, 'the receipt does not name the consent');
    assert.equal(await reported(ask(2)), 'consent_missing', 'it works for that child alone');
    await police.withdrawConsent(given.id);
    assert.equal(await reported(ask(1)), 'consent_missing');
    await police.withdrawConsent(given.id);
  });

  test('for other fields or before its term it carries nothing; a clock slightly fast is no such term', async () => {
    await police.giveConsent(consentOf(3, { fields: ['name'] }));
    assert.equal(await reported(ask(3)), 'consent_missing');
    await police.giveConsent(consentOf(4, { notBefore: '2098-01-01T00:00:00+08:00' }));
    assert.equal(await reported(ask(4)), 'consent_missing');
    const slightlyAhead = new Date(Date.now() + 10_000).toISOString();
    await police.giveConsent(consentOf(4, { notBefore: slightlyAhead }));
    assert.equal(await reported(ask(4)), 'answered', 'by a clock that is a little ahead it begins now');
  });

  test('given by a stranger, or by the child itself, it is answered as for a person who is not in the dataset', async () => {
    const { guardian: _none, ...own } = consentOf(6);
    const absent = '990101201501010015';
    for (const given of [
      consentOf(5, { guardian: '990101198001010022' }),
      own,
      consentOf(7, { person: absent }),
    ]) {
      await police.giveConsent(given);
      const { json } = await education.query(household, about(given.person), context);
      assert.deepEqual([json.records, json.rows], [[], { delivered: 0, withheld: 'undisclosed' }]);
    }
  });

  test('uses are counted exactly, however many calls come at once', async () => {
    await police.giveConsent(consentOf(9, { maxUses: 3 }));
    const codes = await Promise.all(Array.from({ length: 12 }, () => reported(ask(9))));
    assert.deepEqual(
      [
        codes.filter((code) => code === 'answered').length,
        codes.filter((code) => code === 'consent_missing').length,
      ],
      [3, 9],
    );
  });

  test('a withdrawal races a call: what left was consented to when it was logged', async () => {
    for (let round = 0; round < 6; round += 1) {
      const given = consentOf(8);
      await police.giveConsent(given);
      const [withdrawn, ...requested] = await Promise.all([
        police.withdrawConsent(given.id),
        ...Array.from({ length: 6 }, () =>
          ask(8).then(
            ({ check, json }) => (json.records.length === 0 ? Infinity : (check?.receipt?.proof.index ?? -1)),
            () => Infinity,
          ),
        ),
      ]);
      const index = withdrawn.check?.receipt?.proof.index ?? -1;
      for (const at of requested)
        assert.ok(at === Infinity || at < index, `entry ${at} behind the withdrawal ${index}`);
    }
  });
});

describe('handing in', () => {
  test('the recipient does not sign, no one signs for another, purposes are those the notice names', async () => {
    assert.equal(await refusedBy(education, {}), 'consent_invalid');
    assert.equal(await refusedBy(police, { purposes: ['school-enrolment'] }), 'consent_invalid');
    assert.equal(
      await refusedBy(police, { notice: { digest: '0'.repeat(64), language: 'zh' } }),
      'notice_unknown',
    );
    assert.equal(await refusedBy(police, { recipient: 'nobody' }), 'consent_invalid');
    assert.equal(await refusedBy(police, { fields: ['name', 'shoe_size'] }), 'consent_invalid');
    assert.equal(await refusedBy(police, { expires: '2026-02-01T00:00:00+08:00' }), 'consent_invalid');
    assert.equal(await refusedBy(police, { dataset: 'pub-security.nothing' }), 'dataset_unknown');
  });

  test('times and identifiers have one form: a consent that no search would find is refused', async () => {
    for (const change of [
      { expires: '2098-01-01 Tue 00:00 (noon)+08:00' },
      { expires: '2098-01-01T00:00:00+08:00Z' },
      { notBefore: '2026-01-01T00:00+08:00' },
      { person: personAt(12).replace(/.$/, 'x') },
      { person: ` ${personAt(12)}` },
      { guardian: `${personAt(12)}\u200b` },
    ]) {
      assert.equal(await refusedBy(police, change), 'consent_invalid', JSON.stringify(Object.keys(change)));
    }
  });

  test('an entrusted party receives in the name of its department, and vouches for no one', async () => {
    await city.apply(join(import.meta.dirname, 'documents/consentedEntrusted.yaml'), [
      city.education,
      city.publicSecurity,
    ]);
    const { client: contractor } = await hub.enrol('meals-software');
    assert.equal(await refusedBy(police, { recipient: 'meals-software' }), 'consent_invalid');
    assert.equal(await refusedBy(education, { recipient: 'meals-software' }), 'consent_invalid');
    assert.equal(await refusedBy(contractor, {}), 'consent_invalid');
    const given = consentOf(13);
    const requested = () =>
      reported(
        contractor.query(household, about(given.person), {
          purpose: 'school-meals',
          agreement: 'agr-school-meals-entrusted',
          matter: 'YC-2026-000020',
        }),
      );
    assert.equal(await requested(), 'consent_missing');
    await police.giveConsent(given);
    assert.equal(await requested(), 'answered');
  });

  test('no party hides a consent from those concerned among many others', async () => {
    const given = consentOf(14);
    await police.giveConsent(given);
    const flood = `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
      SELECT 'flood-' || n, jws, subject, 'transport', 'ecology', dataset, 'ecology', notice, exchange
        FROM consent, generate_series(1, 1000) AS n WHERE id = $1`;
    await database.app.query(flood, [given.id]);
    await database.app.query(
      `INSERT INTO consent_event (consent, type, at, exchange)
       SELECT id, 'given', now() + interval '1 hour', exchange FROM consent WHERE id LIKE 'flood-%'`,
    );
    assert.deepEqual(
      (await police.consents(given.person)).json.consents.map(({ id }) => id),
      [given.id],
    );
  });

  test('once: the same id again is refused, and a stranger cannot withdraw it', async () => {
    const given = consentOf(10);
    await police.giveConsent(given);
    assert.equal(await reported(police.giveConsent(given)), 'already_registered');
    assert.equal(await reported(education.withdrawConsent(given.id)), 'consent_unknown');
    assert.equal(await reported(police.withdrawConsent('no-such')), 'consent_unknown');
  });

  test('departments that the agreement does not name make no consent between them', async () => {
    const given = consentOf(17);
    assert.equal(await reported(city.ecology.client.giveConsent(given)), 'consent_invalid');
    try {
      await police.giveConsent(given);
      assert.equal(await reported(ask(17)), 'answered');
      await database.owner.query("UPDATE consent_standing SET collected_by = 'ecology' WHERE consent = $1", [
        given.id,
      ]);
      assert.equal(await reported(ask(17)), 'consent_missing', 'one that came in by another agreement');
    } finally {
      await database.owner.query("UPDATE consent_standing SET collected_by = 'pub-security'");
    }
  });

  test('names the provider whose dataset it is, and no other', async () => {
    const { signing } = city.publicSecurity;
    const naming = async (provider: string): Promise<string> => {
      const handed = signedConsent(consentOf(18), 'pub-security', signing);
      const [, payload = ''] = handed.consent.split('.');
      const text = Buffer.from(payload, 'base64url').toString('utf8');
      const artefact = JSON.parse(text) as Record<string, CanonicalValue>;
      const consent = signJws(canonicalJson({ ...artefact, provider }), signing, {
        typ: consentType,
      });
      return reported(post(police, '/v1/consents', { ...handed, consent }));
    };
    assert.deepEqual(
      [await naming('ecology'), await naming('pub-security')],
      ['consent_invalid', 'answered'],
    );
  });

  test('a withdrawal concerns the data: it ends what another consent gave for the same', async () => {
    const first = consentOf(15);
    const second = consentOf(15);
    await police.giveConsent(first);
    await police.giveConsent(second);
    assert.equal(await reported(ask(15)), 'answered');
    const states = async (by: Machine['client']) =>
      (await by.consents(first.person)).json.consents.map(({ id, state }) => `${id} ${state}`);
    assert.deepEqual(await states(police), [`${second.id} given`, `${first.id} replaced`]);
    await police.withdrawConsent(first.id);
    assert.equal(await reported(ask(15)), 'consent_missing');
    assert.deepEqual(await states(police), [`${second.id} replaced`, `${first.id} withdrawn`]);
    await police.giveConsent(consentOf(15));
    await police.withdrawConsent(first.id);
    assert.equal(await reported(ask(15)), 'answered', 'withdrawing twice changes nothing');
    // a row alone, of an account that may insert it, withdraws nothing, and prevents no withdrawal
    const third = consentOf(15);
    await police.giveConsent(third);
    await database.app.query(
      "INSERT INTO consent_event (consent, type, at, exchange) VALUES ($1, 'withdrawn', now(), gen_random_uuid())",
      [third.id],
    );
    assert.equal(await reported(ask(15)), 'answered');
    await police.withdrawConsent(third.id);
    assert.equal((await lastLeaf(database)).change?.['changed'], true);
    assert.equal(await reported(ask(15)), 'consent_missing');
  });

  test('under an idempotency key it is handed in once, and answered again', async () => {
    const body = signedConsent(consentOf(16), 'pub-security', city.publicSecurity.signing);
    const key = { 'datong-idempotency-key': 'consent-at-counter-7' };
    const first = await post(police, '/v1/consents', body, key);
    const again = await post(police, '/v1/consents', body, key);
    assert.deepEqual(again.json, first.json);
    assert.equal((await lastLeaf(database)).repeatOf, first.exchange);
  });

  test('neither log nor database holds the identifier; those concerned see it listed, others nothing', async () => {
    const given = consentOf(11);
    await police.giveConsent(given);
    const { rows } = await database.owner.query<{ text: string }>(
      'SELECT jws AS text FROM consent UNION ALL SELECT value::text FROM audit_private',
    );
    const leaves = await leafTexts(database);
    assert.ok(rows.length > 0 && leaves.length > 0);
    assert.equal(
      [...leaves, ...rows.map(({ text }) => text)].some((text) => text.includes(given.person)),
      false,
    );
    const listed = async (by: Machine['client']): Promise<string[]> =>
      (await by.consents(given.person)).json.consents.map(({ id }) => id);
    assert.deepEqual(await listed(police), [given.id]);
    assert.deepEqual(await listed(education), [given.id]);
    assert.deepEqual(await listed(city.ecology.client), []);
  });
});

test('a list leaves out persons it may not show and never reveals how many; pages are filled from later ones', async () => {
  await city.apply(join(import.meta.dirname, 'documents/consentedList.yaml'), [
    city.education,
    city.publicSecurity,
  ]);
  const consented = [20, 25, 30, 35].map((at) => consentOf(at));
  for (const given of consented) await police.giveConsent(given);
  const listContext: CallContext = {
    purpose: 'school-meals',
    agreement: 'agr-school-meals-list',
    matter: 'YC-2026-000018',
  };
  const names: unknown[] = [];
  for await (const page of education.queryPages(household, { limit: 3 }, listContext)) {
    assert.equal(page.json.rows.withheld, 'undisclosed');
    names.push(...page.json.records.map((record) => record['name']));
  }
  const withConsent = new Set([...consented.map(({ person }) => person)]);
  const expected = file.good.filter(({ id }) => withConsent.has(id)).length;
  assert.ok(names.length >= expected, `${names.length} of at least ${expected}`);
  const { rows } = await database.app.query<{ value: { withheld: Record<string, number> } }>(
    'SELECT value FROM audit_private',
  );
  assert.ok(
    rows.some(({ value }) => (value.withheld['no_consent'] ?? 0) > 100),
    'the log knows exactly',
  );
});

describe('a list that may be searched', () => {
  const absent = '990101201501010015';
  const searching: CallContext = {
    purpose: 'school-meals',
    agreement: 'agr-school-meals-search',
    matter: 'YC-2026-000019',
  };
  const among = (...persons: string[]) => ({ field: 'person_id', op: 'in' as const, value: persons });
  /** Everything of an answer that its reader sees, but for what differs by chance. */
  const seen = async (query: Query): Promise<unknown> => {
    const { json } = await education.query(household, query, searching);
    return { ...json, nextCursor: json.nextCursor?.length };
  };
  before(() =>
    city.apply(join(import.meta.dirname, 'documents/consentedSearch.yaml'), [
      city.education,
      city.publicSecurity,
    ]),
  );

  test('whether a person who did not agree comes after a full page is not revealed', async () => {
    const given = consentOf(40, { fields: ['name', 'person_id'] });
    await police.giveConsent(given);
    for (const sort of ['person_id', '-person_id']) {
      const found = (other: string) =>
        seen({ fields: ['name'], filter: [among(given.person, other)], sort: [sort], limit: 1 });
      assert.deepEqual(await found(personAt(41)), await found(absent));
    }
  });

  test('nor by the difference of two questions, by name or by what all of them have', async () => {
    const known = [42, 43, 44, 45].map(personAt);
    const found = (other: string) => seen({ fields: ['name'], filter: [among(...known, other)] });
    assert.deepEqual(await found(personAt(46)), await found(absent));
    // all who were born before a day, and one person more who did not agree: no number that one might subtract
    const born = (person: string) => `${person.slice(6, 10)}-${person.slice(10, 12)}-${person.slice(12, 14)}`;
    const [early = 0, edge = 0] = [46, 48].sort((a, b) => (born(personAt(a)) < born(personAt(b)) ? -1 : 1));
    const until = (end: 'lt' | 'lte') =>
      seen({
        fields: ['name'],
        limit: 100,
        sort: ['birth_date'],
        filter: [
          { field: 'birth_date', op: 'range', value: { gte: '1900-01-01', [end]: born(personAt(edge)) } },
        ],
      });
    await police.giveConsent(consentOf(early, { fields: ['name', 'person_id', 'birth_date'] }));
    const without = await until('lt');
    assert.match(JSON.stringify(without), /"rows":\{"delivered":1,"withheld":"undisclosed"\}/);
    assert.deepEqual(await until('lte'), without);
  });

  test('a page without consents is refused for the same reasons as any other: its place, its terms, its table', async () => {
    const given = consentOf(59, { fields: ['name', 'person_id'] });
    await police.giveConsent(given);
    const query = { fields: ['name'], filter: [among(given.person)], limit: 1 };
    const cursor = (await education.query(household, query, searching)).json.nextCursor ?? '';
    const requested = (change: Query) =>
      reported(education.query(household, { ...query, ...change }, searching));
    const table = batchTable(hub.hub.services.registry.pointer(household) ?? '');
    const codes = async (): Promise<string[]> => {
      const found = [await requested({ cursor }), await requested({ cursor: `A${cursor.slice(1)}B` })];
      await database.owner.query(`ALTER TABLE ${table} RENAME TO put_aside`);
      const aside = await requested({ cursor });
      await database.owner.query(`ALTER TABLE rows.put_aside RENAME TO ${table.replace(/^.*\./, '')}`);
      return [...found, await requested({ cursor, filter: [among(absent)] }), aside];
    };
    assert.deepEqual(await codes(), ['answered', 'cursor_invalid', 'cursor_invalid', 'cursor_expired']);
    await police.withdrawConsent(given.id);
    assert.deepEqual(await codes(), ['answered', 'cursor_invalid', 'cursor_invalid', 'cursor_expired']);
  });

  test('the log counts them exactly and by reason, for auditors of the data office alone', async () => {
    const agreed = consentOf(51, { fields: ['name', 'person_id'] });
    const withdrawn = consentOf(52, { fields: ['name', 'person_id'] });
    for (const given of [
      agreed,
      withdrawn,
      consentOf(53, { fields: ['name'] }),
      consentOf(54, { fields: ['name', 'person_id'], notBefore: '2098-01-01T00:00:00+08:00' }),
      consentOf(55, { fields: ['name', 'person_id'], guardian: personAt(56) }),
    ])
      await police.giveConsent(given);
    await police.withdrawConsent(withdrawn.id);
    const requested = [agreed.person, ...[52, 53, 54, 55, 57, 58].map(personAt), '99010120150101901X'];
    const { json, exchange } = await education.query(
      household,
      { fields: ['name'], filter: [among(...requested)] },
      searching,
    );
    assert.deepEqual(json.rows, { delivered: 1, withheld: 'undisclosed' });
    assert.deepEqual(
      (await lastLeaf(database)).rows,
      { delivered: 1, withheld: 0 },
      'nor does the receipt say',
    );
    const { rows } = await database.app.query<{ value: unknown }>(
      'SELECT value FROM audit_private WHERE exchange = $1',
      [exchange],
    );
    assert.deepEqual(rows[0]?.value, {
      // a named person who did not agree is counted whether or not the dataset holds them
      withheld: { no_consent: 3, withdrawn: 1, other_fields: 1, not_yet: 1, guardian_required: 1 },
      consents: [agreed.id],
    });
  });

  test('what is filtered or sorted by is agreed to like what is released', async () => {
    const given = consentOf(47, { fields: ['name', 'person_id'] });
    await police.giveConsent(given);
    const born = { field: 'birth_date', op: 'range' as const, value: { gte: '1900-01-01' } };
    const delivered = async (query: Query) =>
      (await education.query(household, { fields: ['name'], ...query }, searching)).json.rows.delivered;
    const one = [among(given.person)];
    assert.equal(await delivered({ filter: one }), 1);
    assert.equal(await delivered({ filter: [...one, born] }), 0);
    assert.equal(await delivered({ filter: one, sort: ['-birth_date'] }), 0);
    await police.giveConsent(consentOf(47, { fields: ['name', 'person_id', 'birth_date'] }));
    assert.equal(await delivered({ filter: [...one, born], sort: ['birth_date'] }), 1);
  });
});

describe('what entries commit to', () => {
  interface Listed {
    readonly entries: readonly {
      readonly leaf: string;
      readonly private?: { readonly value: CanonicalValue; readonly salt: string; readonly opens: boolean };
    }[];
  }
  const search = async (token: string, body: object): Promise<Listed['entries'][number]> => {
    const { json } = await hub.staff(token, 'POST', '/v1/log/searches', body);
    const [entry] = (json as unknown as Listed).entries;
    assert.ok(entry);
    return entry;
  };

  test("is opened to the data office's auditors, checked against the leaf; to a department's it is not", async () => {
    const given = consentOf(50);
    await police.giveConsent(given);
    const { exchange } = await ask(50);
    const auditor = await hub.token('office-auditor', ['auditor']);
    const { leaf, private: opened } = await search(auditor, { exchange });
    assert.ok(opened);
    assert.deepEqual(opened.value, { withheld: {}, consents: [given.id] });
    const { private: commitment } = JSON.parse(Buffer.from(leaf, 'base64').toString('utf8')) as Leaf;
    assert.equal(commitmentTo(opened.value, Buffer.from(opened.salt, 'base64url')), commitment);
    assert.equal(opened.opens, true);
    await database.owner.query(
      `UPDATE audit_private SET value = jsonb_set(value, '{consents}', '["another"]') WHERE exchange = $1`,
      [exchange],
    );
    assert.equal((await search(auditor, { exchange })).private?.opens, false);
    const { json: found } = await hub.staff(auditor, 'POST', '/v1/log/searches', { kind: 'consent' });
    assert.ok((found as unknown as Listed).entries.length > 0);
    const own = await hub.token('education-auditor', ['auditor'], 'education');
    const { private: hidden } = await search(own, { exchange });
    assert.equal(hidden, undefined);
    const other = await hub.token('ecology-auditor', ['auditor'], 'ecology');
    const { json: none } = await hub.staff(other, 'POST', '/v1/log/searches', { exchange });
    assert.deepEqual(none['entries'], [], "another department's exchange is not found by its id");
    const { json } = await hub.staff(auditor, 'GET', '/v1/log/entries?limit=1000');
    assert.ok((json as unknown as Listed).entries.some(({ private: part }) => part?.opens === true));
  });
});

noticeTests({ hub, city, database, digest: () => notice, refusedBy });

sameWorkTests({
  hub,
  city,
  present: personAt(70),
  wronged: { present: personAt(71), absent: '990101201501019036' },
  rows: file.good.map(householdRow),
  agreed: personAt(73),
  agree: () =>
    police.giveConsent(
      consentOf(73, { dataset: 'pub-security.household-live', fields: ['name', 'person_id'] }),
    ),
  agreeFor: (person, dataset) =>
    police.giveConsent(
      consentOf(71, { person, guardian: personAt(72), dataset, fields: ['name', 'person_id'] }),
    ),
});
subjectViewTests({ hub, city, database, consentOf, personAt, ask });
