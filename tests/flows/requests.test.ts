/** A request from being made to data that leaves: stage by stage, by persons of the side whose turn it is, each step an entry. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { approvalForm } from '../../clients/cli/request/showRequest.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { lastLeaf } from './leaves.ts';
import { usesTests } from './usesTests.ts';
import { leavesWhere } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';
import { newYear, validTerm } from '../newYear.ts';

type View = components['schemas']['RequestView'];
type Summary = components['schemas']['RequestSummary'];

const { database, hub, city } = await cityHub({ jobsByTime: false });
const folder = mkdtempSync(join(tmpdir(), 'datong-requests-'));
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await hub.stop();
});
const person = {
  ann: await hub.token('Ann', ['steward'], 'education'),
  bob: await hub.token('Bob', ['steward'], 'education'),
  cho: await hub.token('Cho', ['steward']),
  dan: await hub.token('Dan', ['steward'], 'pub-security'),
  eve: await hub.token('Eve', ['security'], 'pub-security'),
  fay: await hub.token('Fay', ['steward'], 'ecology'),
};
type Name = keyof typeof person;
const papers = {
  reason: 'subsidised meals',
  commitment: createHash('sha256').update('undertaking').digest('hex'),
  basisText: createHash('sha256').update('第十二条').digest('hex'),
};
const wanted = (id: string, change: object = {}): object => ({
  kind: 'Agreement',
  id,
  version: 1,
  provider: 'pub-security',
  consumer: 'education',
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
  valid: validTerm,
  grants: [
    {
      dataset: 'pub-security.household',
      schema: 'household@1',
      lookupBy: ['person_id'],
      fields: { name: { mask: 'clear' }, birth_date: { mask: 'clear' }, region_code: { mask: 'clear' } },
    },
  ],
  ...change,
});
const less = (id: string): object =>
  wanted(id, {
    grants: [
      {
        dataset: 'pub-security.household',
        schema: 'household@1',
        lookupBy: ['person_id'],
        fields: { name: { mask: 'personName' }, birth_date: { mask: 'clear' } },
      },
    ],
  });

const call = async (who: Name, method: string, path: string, body?: object) => {
  const { status, json } = await hub.staff(person[who], method, path, body);
  return { status, code: json['code'], view: json as unknown as View };
};
const make = (id: string, who: Name = 'ann') =>
  call(who, 'POST', '/v1/requests', { document: wanted(id), papers });
const act = (who: Name, view: View, body: object) => call(who, 'POST', `/v1/requests/${view.id}/acts`, body);
const pass = (who: Name, view: View) => act(who, view, { act: 'pass' });

/** Through the stages of the city's procedure up to the last one. */
async function toLast(view: View): Promise<void> {
  for (const who of ['bob', 'cho', 'dan'] as const) {
    const { status, code } = await pass(who, view);
    assert.equal(status, 200, `${who}: ${String(code)}`);
  }
}

before(async () => {
  await city.apply('city/procedure.yaml');
  const file = householdFile(1500, 5);
  await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
});

test('granted: the stages of the city, each by its own side and another person; then signed, approved, and data leaves', async () => {
  const { status, view } = await make('agr-granted');
  assert.equal(status, 201);
  assert.deepEqual([view.state, view.stage, view.waitsFor], ['reviewing', 'internal-review', 'consumer']);
  assert.match(view.due ?? '', /^\d{4}-\d\d-\d\d$/);
  assert.equal((await pass('ann', view)).code, 'four_eyes', 'no one reviews their own request');
  assert.equal((await pass('dan', view)).code, 'not_your_department');
  assert.equal((await pass('fay', view)).code, 'not_your_department', 'a stranger');
  await toLast(view);
  assert.equal((await pass('dan', view)).code, 'not_your_department', 'the last stage is of another role');
  const { view: approved } = await pass('eve', view);
  assert.equal(approved.state, 'approved');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.change?.['request'], leaf.change?.['act'], leaf.agreement, leaf.consumer, leaf.provider],
    [view.id, 'approve', 'agr-granted', 'education', 'pub-security'],
  );
  assert.equal(leaf.change?.['clockOf'], 'pub-security');
  assert.match(String(leaf.change['due']), /^\d{4}-\d\d-\d\d$/);
  const file = join(folder, 'agreement.yaml');
  writeFileSync(file, JSON.stringify(approved.document));
  await city.apply(file, [city.education, city.publicSecurity]);
  const { view: granted } = await call('ann', 'GET', `/v1/requests/${view.id}`);
  assert.equal(granted.state, 'granted');
  const [child] = householdFile(1500, 5).good;
  const { json } = await city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child?.id ?? '' }] },
    { purpose: 'school-enrolment', agreement: 'agr-granted' },
  );
  assert.equal(json.records.length, 1);
});

describe('renewed', () => {
  interface Begun {
    readonly of: number;
    readonly document: Readonly<Record<string, unknown>> & {
      readonly version: number;
      readonly valid: { readonly from: string; readonly until: string };
    };
  }
  const renewal = async (id: string) => {
    const { status, json } = await hub.staff(person.ann, 'GET', `/v1/policy/documents/${id}/renewal`);
    return { status, code: json['code'], json, begun: json as unknown as Begun };
  };
  const inForce = async (document: object): Promise<void> => {
    const file = join(folder, 'in-force.yaml');
    writeFileSync(file, JSON.stringify(document));
    await city.apply(file, [city.education, city.publicSecurity]);
  };
  const dayOf = (time: number | string): string => dayInChina(new Date(time).getTime());

  const daysOf = ({ from, until }: Begun['document']['valid']): number =>
    (Date.parse(until) - Date.parse(from)) / 86_400_000;
  const fromNow = (days: number): string => `${dayOf(database.now() + days * 86_400_000)}T00:00:00+08:00`;

  test('repeats the last version in force word for word, from today on', async () => {
    const { begun, status } = await renewal('agr-granted');
    assert.equal(status, 200);
    const { version, valid, ...same } = begun.document;
    const { version: _first, valid: _before, ...former } = wanted('agr-granted') as Begun['document'];
    assert.deepEqual([begun.of, version, same], [1, 2, former]);
    // a year and more of the term is left; the renewed term is as long as the term, not longer
    assert.deepEqual([dayOf(valid.from), daysOf(valid)], [dayOf(database.now()), daysOf(validTerm)]);
    const { status: requested, view } = await call('ann', 'POST', '/v1/requests', {
      document: begun.document,
      papers,
    });
    assert.deepEqual([requested, view.state], [201, 'reviewing']);
  });

  test('repeats an amended version; refused while the next version waits for approval', async () => {
    await inForce({ ...less('agr-amended'), version: 1 });
    const fewer = {
      ...less('agr-amended'),
      version: 2,
      valid: { from: fromNow(-180), until: fromNow(1) },
    };
    await inForce(fewer);
    const { begun } = await renewal('agr-amended');
    assert.deepEqual([begun.of, begun.document.version], [2, 3]);
    // its half year ends: as long again from today on
    assert.equal(daysOf(begun.document.valid), 181);
    await hub.staff(city.operator, 'POST', '/v1/policy/documents', {
      document: { ...wanted('agr-amended'), version: 3 },
      signatures: [],
    });
    const waits = await renewal('agr-amended');
    assert.deepEqual([waits.status, waits.code], [409, 'renewal_waits'], JSON.stringify(waits.json));
  });

  test('three months early: a year again, and data leaves from its approval on', async () => {
    await inForce(wanted('agr-early', { valid: { from: fromNow(-275), until: fromNow(90) } }));
    for (const version of [2, 3]) {
      const { begun } = await renewal('agr-early');
      const { valid } = begun.document;
      assert.deepEqual([begun.document.version, valid.from, daysOf(valid)], [version, fromNow(0), 365]);
      await inForce(begun.document);
    }
    const [child] = householdFile(1500, 5).good;
    const { json } = await city.education.client.query(
      'pub-security.household',
      { filter: [{ field: 'person_id', op: 'eq', value: child?.id ?? '' }] },
      { purpose: 'school-enrolment', agreement: 'agr-early' },
    );
    assert.equal(json.records.length, 1);
  });

  test('an emergency is not renewed: after its thirty days another basis is needed', async () => {
    const basis = { type: 'emergency', reference: '中华人民共和国突发事件应对法', clause: '第四十九条' };
    const { grants } = wanted('agr-flood') as { grants: object[] };
    const oneByOne = grants.map((grant) => ({ ...grant, requires: ['lookup'] }));
    const valid = { from: fromNow(-20), until: fromNow(10) };
    await inForce(wanted('agr-flood', { basis, valid, grants: oneByOne }));
    const { status, code, json } = await renewal('agr-flood');
    assert.deepEqual([status, code], [409, 'renewal_of_emergency'], JSON.stringify(json));
  });

  test('an agreement with a removed field is not renewed; the field is named', async () => {
    const change = (from: string, to: string) =>
      database.owner.query(
        "UPDATE policy_document SET text = replace(text, $1, $2) WHERE id = 'agr-granted'",
        [from, to],
      );
    await change('"birth_date"', '"shoe_size"');
    try {
      const { code, json } = await renewal('agr-granted');
      assert.equal(code, 'renewal_outdated');
      assert.match(JSON.stringify(json), /pub-security\.household\.shoe_size/);
    } finally {
      await change('"shoe_size"', '"birth_date"');
    }
  });
});

test('returned once with one list, supplemented, and the same side returns no more', async () => {
  const { view } = await make('agr-returned');
  const missing = [
    { item: 'basis', note: 'which article?' },
    { item: 'fields', note: 'why the date of birth?' },
  ];
  assert.equal((await act('bob', view, { act: 'return', missing: [] })).code, 'invalid_request');
  const { view: back } = await act('bob', view, { act: 'return', missing });
  assert.deepEqual(
    [back.state, back.waitsFor, back.events.at(-1)?.missing],
    ['returned', 'consumer', missing],
  );
  assert.equal((await pass('cho', view)).code, 'transition_not_allowed');
  const other = { act: 'supplement', papers, document: { ...wanted('agr-else') } };
  assert.equal((await act('ann', view, other)).code, 'request_unfit');
  const { view: again } = await act('ann', view, {
    act: 'supplement',
    papers: { ...papers, volume: '200 a day' },
  });
  assert.deepEqual(
    [again.state, again.stage, again.papers.volume],
    ['reviewing', 'internal-review', '200 a day'],
  );
  assert.equal((await act('bob', view, { act: 'return', missing })).code, 'return_once');
});

test('an approval covers the request as it was read: a later supplement must be read first', async () => {
  const { view: read } = await make('agr-as-read');
  await act('bob', read, { act: 'return', missing: [{ item: 'fields', note: 'why each?' }] });
  const { view: present } = await act('ann', read, { act: 'supplement', papers });
  const old = await act('bob', read, { act: 'pass', seen: read.events.length });
  assert.deepEqual([old.status, old.code], [409, 'transition_not_allowed']);
  assert.equal((await act('bob', read, { act: 'pass', seen: present.events.length })).status, 200);
});

test('an auditor of a department reads the names of its own persons only; the ids of others stay', async () => {
  const { view } = await make('agr-named');
  await toLast(view);
  const auditors = [await hub.token('Gil', ['auditor'], 'education'), await hub.token('Hal', ['auditor'])];
  const named = await Promise.all(
    auditors.map(async (auditor) => {
      const { json } = await hub.staff(auditor, 'POST', '/v1/log/searches', { operation: 'answerRequest' });
      const names = Object.values(json['persons'] as Readonly<Record<string, string>>);
      return ['Bob', 'Dan'].filter((one) => names.includes(one));
    }),
  );
  assert.deepEqual(named, [['Bob'], ['Bob', 'Dan']]);
});

test('refused with a reason and what would be granted; a request that ended does not continue', async () => {
  const { view } = await make('agr-refused');
  await pass('bob', view);
  assert.equal((await act('cho', view, { act: 'refuse', reason: 'too much' })).code, 'invalid_request');
  const refusal = { reason: 'the name is not needed', wouldGrant: 'the year of birth' };
  const { view: refused } = await act('cho', view, { act: 'refuse', ...refusal });
  assert.deepEqual([refused.state, refused.events.at(-1)?.wouldGrant], ['refused', refusal.wouldGrant]);
  assert.equal((await pass('dan', view)).code, 'transition_not_allowed');
  const numbered = { act: 'withdraw', reason: `about ${householdFile(10, 5).good[0]?.id ?? ''}` };
  const { view: another } = await make('agr-numbered');
  assert.equal((await act('ann', another, numbered)).code, 'reason_identifies');
});

test('a document with the name of a withdrawn request is not shown as its result', async () => {
  const { view } = await call('ann', 'POST', '/v1/requests', { document: less('agr-beside'), papers });
  assert.equal((await act('ann', view, { act: 'withdraw', reason: 'x' })).view.state, 'withdrawn');
  const file = join(folder, 'beside.yaml');
  writeFileSync(file, JSON.stringify(wanted('agr-beside')));
  await city.apply(file, [city.education, city.publicSecurity]);
  const { json } = await hub.staff(person.dan, 'GET', '/v1/policy/documents/agr-beside/versions/1');
  assert.deepEqual([json['id'], json['request']], ['agr-beside', undefined]);
});

test('an offer is narrower than the request, and accepted by one act', async () => {
  const { view } = await make('agr-offered');
  await toLast(view);
  const offer = (document: object) =>
    act('eve', view, { act: 'offer', reason: 'a name is enough', document });
  const more = wanted('agr-offered', {
    grants: [
      {
        dataset: 'pub-security.household',
        schema: 'household@1',
        fields: { name: { mask: 'clear' }, income: { mask: 'clear' } },
      },
    ],
  });
  assert.equal((await offer(more)).code, 'offer_not_narrower');
  const { view: offered } = await offer(less('agr-offered'));
  assert.deepEqual([offered.state, offered.waitsFor], ['offered', 'consumer']);
  assert.equal((await act('eve', view, { act: 'accept' })).code, 'not_your_department');
  const { view: accepted } = await act('ann', view, { act: 'accept' });
  assert.equal(accepted.state, 'approved');
  const { json } = await hub.staff(person.dan, 'GET', '/v1/policy/documents/agr-offered/versions/1');
  assert.equal(json['request'], accepted.id, 'the document says what it came from');
  assert.deepEqual(
    JSON.parse(String(json['text'])),
    less('agr-offered'),
    'what was offered is what is signed',
  );
});

describe('reasons for fields', () => {
  type Grants = readonly { readonly reasons?: object }[];
  const reasons = { name: '核对姓名', birth_date: '核对年龄', region_code: '核对学区' };
  const reasoned = (id: string, given: object, base = wanted(id)): object => ({
    ...base,
    grants: (base as { grants: object[] }).grants.map((grant) => ({ ...grant, reasons: given })),
  });
  const ask = (document: object) => call('ann', 'POST', '/v1/requests', { document, papers });

  test('are part of the agreement: shown to the decider, on the form, offered with fewer fields, signed', async () => {
    const { view } = await ask(reasoned('agr-reasoned', reasons));
    const { view: shown } = await call('eve', 'GET', `/v1/requests/${view.id}`);
    assert.deepEqual((shown.document as { grants: Grants }).grants[0]?.reasons, reasons);
    for (const reason of Object.values(reasons)) assert.ok(approvalForm(shown).includes(reason), reason);
    await toLast(view);
    const { name, birth_date } = reasons;
    const document = reasoned('agr-reasoned', { name, birth_date }, less('agr-reasoned'));
    const offer = (offered: object) => act('eve', view, { act: 'offer', reason: 'less', document: offered });
    // they are the consumer's: the provider neither changes nor drops them
    const other = reasoned('agr-reasoned', { name, birth_date: '统计' }, less('agr-reasoned'));
    assert.equal((await offer(other)).code, 'request_unfit');
    assert.equal((await offer(less('agr-reasoned'))).code, 'request_unfit');
    assert.equal((await offer(document)).status, 200);
    assert.equal((await act('ann', view, { act: 'accept' })).view.state, 'approved');
    const { json } = await hub.staff(person.dan, 'GET', '/v1/policy/documents/agr-reasoned/versions/1');
    const text = JSON.parse(String(json['text'])) as { grants: Grants };
    assert.deepEqual(text.grants[0]?.reasons, { name, birth_date });
  });

  test('are those of their purpose, where one dataset is granted twice', async () => {
    const dataset = { dataset: 'pub-security.household', schema: 'household@1', lookupBy: ['person_id'] };
    const name = { name: { mask: 'clear' } };
    const enrolment = { ...dataset, purposes: ['school-enrolment'], fields: name };
    const meals = { ...dataset, purposes: ['school-meals'], fields: name };
    const both = (id: string, first: string, second: string, fields: object = name): object =>
      wanted(id, {
        purposes: ['school-enrolment', 'school-meals'],
        grants: [
          { ...enrolment, fields, reasons: { name: first } },
          { ...meals, reasons: { name: second } },
        ],
      });
    const { view, status } = await ask(both('agr-both', '核对学籍', '核对补助'));
    assert.equal(status, 201);
    await toLast(view);
    const offer = (document: object) => act('eve', view, { act: 'offer', reason: 'less', document });
    const masked = { name: { mask: 'personName' } };
    assert.equal((await offer(both('agr-both', '核对补助', '核对学籍', masked))).code, 'request_unfit');
    assert.equal((await offer(both('agr-both', '核对学籍', '核对补助', masked))).status, 200);
  });

  test('are given for each field or for none, and name no person', async () => {
    const { region_code: _left, ...two } = reasons;
    assert.equal((await ask(reasoned('agr-two', two))).code, 'policy_invalid');
    assert.equal(
      (await ask(reasoned('agr-four', { ...reasons, income: '核对收入' }))).code,
      'policy_invalid',
    );
    assert.equal((await ask(reasoned('agr-blank', { ...reasons, name: ' ' }))).code, 'policy_invalid');
    const name = `核对${householdFile(10, 5).good[0]?.id ?? ''}`;
    assert.equal((await ask(reasoned('agr-person', { ...reasons, name }))).code, 'text_identity_number');
    const { view } = await make('agr-supplemented');
    await act('bob', view, { act: 'return', missing: [{ item: 'fields', note: 'why each?' }] });
    const supplement = (document: object) => act('ann', view, { act: 'supplement', papers, document });
    const named = reasoned('agr-supplemented', { ...reasons, name });
    assert.equal((await supplement(named)).code, 'text_identity_number');
    const { view: again } = await supplement(reasoned('agr-supplemented', reasons));
    assert.deepEqual((again.document as { grants: Grants }).grants[0]?.reasons, reasons);
  });
});

describe('bad luck and bad will', () => {
  test('answered twice at once: one counts', async () => {
    const { view } = await make('agr-twice');
    const second = await hub.token('Bert', ['steward'], 'education');
    const answers = await Promise.all(
      [person.bob, second].map((token) =>
        hub.staff(token, 'POST', `/v1/requests/${view.id}/acts`, { act: 'pass' }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, JSON.stringify(answers));
    const { view: after } = await call('ann', 'GET', `/v1/requests/${view.id}`);
    assert.deepEqual([after.stage, after.events.length], ['compliance', 2]);
  });

  test('an extension is requested by the provider and granted by the data office', async () => {
    const { view } = await make('agr-both');
    await toLast(view);
    const requested = { act: 'ask-extension', reason: 'the register is being moved' };
    assert.equal((await act('ann', view, { act: 'agree-extension' })).code, 'transition_not_allowed');
    const { view: waiting } = await act('eve', view, requested);
    assert.equal(waiting.extension, 'asked');
    assert.equal((await act('eve', view, { act: 'agree-extension' })).code, 'not_your_department');
    const { view: longer } = await act('cho', view, { act: 'agree-extension' });
    assert.ok((longer.due ?? '') > (waiting.due ?? ''), 'ten working days more');
  });

  test('a document that does not compile, or is for another department, makes no request', async () => {
    assert.equal((await make('agr-foreign', 'fay')).code, 'not_your_department');
    const document = wanted('agr-bad', { purposes: ['no-such-purpose'] });
    const { code } = await call('ann', 'POST', '/v1/requests', { document, papers });
    assert.equal(code, 'policy_does_not_compile');
    const automatic = wanted('agr-self', { automatic: true });
    assert.equal(
      (await call('ann', 'POST', '/v1/requests', { document: automatic, papers })).code,
      'automatic_by_hub_only',
    );
    assert.equal((await call('fay', 'GET', '/v1/requests/req-000000001')).code, 'not_your_department');
    assert.deepEqual((await hub.staff(person.fay, 'GET', '/v1/requests')).json['requests'], []);
  });

  test('a renewal is refused for other requesters, and for what does not exist', async () => {
    const renewal = (who: Name, id: string) => call(who, 'GET', `/v1/policy/documents/${id}/renewal`);
    for (const who of ['fay', 'dan', 'cho'] as const)
      assert.equal((await renewal(who, 'agr-granted')).code, 'not_your_department', who);
    assert.equal((await renewal('eve', 'agr-granted')).status, 403);
    assert.equal((await renewal('cho', 'agr-nothing')).code, 'not_found');
    assert.equal((await renewal('ann', 'agr-nothing')).code, 'not_your_department', 'no such agreement');
  });

  test('the last approval is refused when another version came first', async () => {
    const { view } = await make('agr-raced');
    await toLast(view);
    const file = join(folder, 'raced.yaml');
    writeFileSync(file, JSON.stringify(wanted('agr-raced')));
    await city.apply(file, [city.education, city.publicSecurity]);
    assert.equal((await pass('eve', view)).code, 'version_not_next');
  });
});

test('a list of requests is filtered by side, or to those that wait for the reader, and paged', async () => {
  const { view: earlier } = await make('agr-turn-earlier');
  const { view } = await make('agr-turn');
  const listed = async (who: Name, query: string): Promise<{ ids: string[]; next: string | undefined }> => {
    const { status, json } = await hub.staff(person[who], 'GET', `/v1/requests?${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return {
      ids: (json['requests'] as { id: string }[]).map(({ id }) => id),
      next: json['nextCursor'] as string | undefined,
    };
  };
  const all = (await listed('cho', 'consumer=education')).ids;
  assert.ok(all.includes(view.id));
  assert.ok((await listed('cho', 'provider=pub-security')).ids.includes(view.id));
  assert.deepEqual((await listed('cho', 'provider=education')).ids, []);
  const ownTurn = (await listed('bob', 'turn=mine')).ids;
  assert.deepEqual(
    ownTurn.filter((id) => id === view.id || id === earlier.id),
    [earlier.id, view.id],
  );
  assert.ok(!(await listed('eve', 'turn=mine')).ids.includes(view.id), 'it is not at their stage yet');
  assert.ok(!(await listed('ann', 'turn=mine')).ids.includes(view.id), 'the requester does not review');
  const paged: string[] = [];
  let cursor = '';
  do {
    const { ids, next } = await listed('bob', `turn=mine&limit=1${cursor}`);
    paged.push(...ids);
    cursor = next === undefined ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  assert.deepEqual(paged, ownTurn);
});

test('another procedure applies to requests that begin under it; unconditional data has its own stages', async () => {
  const { view: old } = await make('agr-old-path');
  const file = join(folder, 'procedure.yaml');
  const stage = (code: string, by: string) => ({
    code,
    title: { zh: code, en: code },
    by,
    role: 'steward',
    days: 3,
  });
  const procedure = {
    kind: 'Procedure',
    id: 'small-city',
    version: 1,
    title: { zh: '小城', en: 'a small city' },
    stages: [stage('only', 'provider')],
    unconditional: [],
    clock: { answerDays: 10, extensionDays: 10, escalateDays: 5, returnStops: true },
  };
  writeFileSync(file, JSON.stringify({ ...procedure, stages: [stage('only', 'office')] }));
  await assert.rejects(city.apply(file), /procedure_unfit/);
  writeFileSync(file, JSON.stringify(procedure));
  await city.apply(file);
  const { view } = await make('agr-new-path');
  assert.deepEqual([view.procedure, view.stages.map(({ code }) => code)], ['small-city@1', ['only']]);
  assert.equal((await pass('dan', view)).view.state, 'approved');
  const { view: stored } = await call('ann', 'GET', `/v1/requests/${old.id}`);
  assert.deepEqual([stored.procedure, stored.stage], ['yunqi-requests@1', 'internal-review']);
  const valid = { from: newYear(0), until: newYear(3) };
  const automatic = {
    dataset: 'ecology.air-quality-hourly',
    consumer: 'education',
    purpose: 'public-service',
    valid,
  };
  const { view: atOnce, status } = await call('ann', 'POST', '/v1/requests', { automatic, papers });
  assert.deepEqual(
    [status, atOnce.state],
    [201, 'granted'],
    'data shared unconditionally is granted at once',
  );
  const inForce = async ({ agreement }: View): Promise<boolean> => {
    await hub.hub.services.registry.refresh();
    return hub.hub.services.registry.current.plans.agreements.has(agreement.split('@')[0] ?? '');
  };
  assert.equal(await inForce(atOnce), true);
  // where the city has a check of the office, it is required on every way to such data
  const checked = { ...procedure, version: 2, unconditional: [stage('compliance', 'office')] };
  writeFileSync(file, JSON.stringify(checked));
  await city.apply(file);
  const other = { ...automatic, purpose: 'school-enrolment' };
  const past = await hub.staff(city.operator, 'POST', '/v1/policy/documents', { automatic: other });
  assert.deepEqual([past.status, past.json['code']], [422, 'compliance_check_first']);
  const again = await hub.staff(city.operator, 'POST', '/v1/policy/documents', { automatic });
  assert.equal(again.status, 200, 'an existing agreement is returned again');
  const { view: waiting } = await call('ann', 'POST', '/v1/requests', { automatic: other, papers });
  assert.deepEqual([waiting.state, waiting.stage, waiting.waitsFor], ['reviewing', 'compliance', 'office']);
  assert.equal(await inForce(waiting), false);
  assert.equal((await pass('ann', waiting)).code, 'not_your_department');
  assert.equal((await pass('fay', waiting)).code, 'not_your_department', 'the provider is not asked');
  const shared = (sharing: string) =>
    database.owner.query('UPDATE dataset SET sharing = $1 WHERE id = $2', [sharing, automatic.dataset]);
  await shared('conditional');
  assert.equal((await pass('cho', waiting)).code, 'sharing_not_unconditional', 'as it is shared now');
  await shared('unconditional');
  const { view: granted } = await pass('cho', waiting);
  assert.deepEqual([granted.state, await inForce(waiting)], ['granted', true]);
  // who of the office reviews, and until when, is the stage's own choice
  const slower = { ...stage('compliance', 'office'), role: 'security', days: 9 };
  writeFileSync(file, JSON.stringify({ ...procedure, version: 3, unconditional: [slower] }));
  await city.apply(file);
  const third = { ...automatic, consumer: 'transport', purpose: 'school-enrolment' };
  const gus = await hub.token('Gus', ['steward'], 'transport');
  const requested = await hub.staff(gus, 'POST', '/v1/requests', { automatic: third, papers });
  const refused = requested.json as unknown as View;
  const refusal = { act: 'refuse', reason: 'no need is shown', wouldGrant: 'nothing' };
  assert.ok((refused.due ?? '') > (waiting.due ?? '~'), `${refused.due ?? ''} ${waiting.due ?? ''}`);
  assert.equal((await act('cho', refused, refusal)).code, 'not_your_department', 'a steward');
  const { json } = await hub.staff(city.security, 'POST', `/v1/requests/${refused.id}/acts`, refusal);
  assert.equal(json['state'], 'refused', JSON.stringify(json));
  assert.equal(await inForce(refused), false);
  writeFileSync(file, JSON.stringify({ ...procedure, version: 4 }));
  await city.apply(file);
});

test('the inbox shows each person the requests that wait for them, and the data office those near their deadline', async () => {
  const { view } = await make('agr-inbox');
  const shown = async (who: Name): Promise<Summary | undefined> => {
    const { json } = await hub.staff(person[who], 'GET', '/v1/inbox');
    return (json['requests'] as readonly Summary[]).find(({ id }) => id === view.id);
  };
  const waits = async (who: Name): Promise<boolean> => (await shown(who)) !== undefined;
  assert.deepEqual([await waits('dan'), await waits('bob'), await waits('fay')], [true, false, false]);
  assert.equal(await waits('cho'), true, 'three working days are left, five are the city’s warning');
  const informed = async (who: Name): Promise<boolean> => (await shown(who))?.informed === true;
  assert.deepEqual([await informed('cho'), await informed('dan')], [true, false], 'informed only');
  await act('dan', view, { act: 'ask-extension', reason: 'the register moves' });
  assert.equal(await informed('cho'), false, 'now the data office must decide');
  await act('ann', view, { act: 'withdraw', reason: 'not needed' });
  assert.deepEqual([await waits('dan'), await waits('cho')], [false, false]);
});

test('the end of an agreement is notified to both parties before, each step once, and is in their inbox', async () => {
  const document = wanted('agr-ending', {
    valid: {
      from: newYear(-1),
      until: new Date(database.now() + 6 * 86_400_000).toISOString(),
    },
  });
  const file = join(folder, 'ending.yaml');
  writeFileSync(file, JSON.stringify(document));
  await city.apply(file, [city.education, city.publicSecurity]);
  for (let round = 0; round < 2; round += 1) assert.equal(await hub.hub.runner.run('warnExpiry'), 'ok');
  const warned = await leavesWhere(database, "consumer = 'education' AND provider = 'pub-security'");
  assert.deepEqual(
    warned.flatMap(({ operation, agreement, change }) =>
      operation === 'warnExpiry' && agreement === 'agr-ending' ? [change?.['days']] : [],
    ),
    [7],
  );
  const sees = async (who: Name): Promise<boolean> => {
    const { json } = await hub.staff(person[who], 'GET', '/v1/inbox');
    return JSON.stringify(json['expiring']).includes('agr-ending@1');
  };
  assert.deepEqual([await sees('ann'), await sees('dan'), await sees('fay')], [true, true, false]);
});

test('the printed form contains everything, and runs no script', async () => {
  const { view } = await call('ann', 'POST', '/v1/requests', {
    document: wanted('agr-printed'),
    papers: { ...papers, reason: '<script>alert(1)</script> & "meals"' },
  });
  const form = approvalForm(view);
  assert.ok(!form.includes('<script'));
  for (const part of [
    '&#60;script&#62;',
    view.id,
    '<td>agr-printed</td>',
    papers.commitment,
    papers.basisText,
    'birth_date：原值',
  ])
    assert.ok(form.includes(part), part);
});

usesTests({ hub, city, database, folder, person, papers, less, make, act });
