/** 核验 over real TLS and PostgreSQL: yes, no or unknown, returned and logged alike; tries are counted; consent comes first. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Answer, CallContext, FactAnswer, FactQuestion } from '../../clients/sdk/types.ts';
import { civilDateInChina, fullYears } from '../../terms/civilDate.ts';
import { applyGrant } from '../policyWith.ts';
import { exportedText } from './exportedText.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const { client } = city.education;
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const unknownPerson = '990101201501010015';

const today = civilDateInChina(database.now());
const agreed = file.good.filter(({ region }) => region === '990101');
const old = agreed.find(({ birth }) => fullYears(birth, today) > 7);
const young = agreed.find(({ birth }) => fullYears(birth, today) < 6);
const outside = file.good.find(({ region, birth }) => region === '990103' && fullYears(birth, today) > 7);
assert.ok(old && young && outside);

before(() => city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' }));

const check = (fact: string, question: FactQuestion, under = context): Promise<Answer<FactAnswer>> =>
  client.checkFact(dataset, fact, question, under);
const codeOf = (work: Promise<Answer<FactAnswer>>): Promise<string> =>
  work.then(
    ({ json }) => json.answer,
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );

/** Everything that an observer of the connection or a holder of the receipt can compare. */
async function traces(question: Promise<Answer<FactAnswer>>): Promise<{ answer: string; traces: unknown }> {
  const { json, body, headers, check: checked } = await question;
  const leaf = await lastLeaf(database);
  const names = [...headers.keys()].sort();
  return {
    answer: json.answer,
    traces: {
      length: body.length,
      names,
      leaf: JSON.stringify(leaf).length,
      members: Object.keys(leaf).sort(),
      fact: leaf.fact,
      subjects: leaf.subjects?.count,
      openings: Object.keys(checked?.receipt?.openings ?? {}),
    },
  };
}

test('yes, no and unknown have one length, and their entries one shape', async () => {
  const requested = [old.id, young.id, unknownPerson, outside.id];
  const all = [];
  for (const subject of requested) all.push(await traces(check('school-age', { subject })));
  assert.deepEqual(
    all.map(({ answer }) => answer),
    ['yes', 'no', 'unknown', 'unknown'],
    'a row outside the agreement gives the answer of a missing row',
  );
  for (const one of all) assert.deepEqual(one.traces, all[0]?.traces);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.fact, leaf.subjects?.count], ['checkFact', 'school-age', 1]);
  assert.deepEqual([leaf.fields, leaf.rows, leaf.withheld], [undefined, undefined, undefined]);
  assert.deepEqual(leaf.obligations, ['delete-after P180D', 'no-onward-sharing']);
});

test('nothing of the row leaves, in no header and no byte of the body', async () => {
  const { body } = await check('school-age', { subject: old.id });
  const { answer, obligations, ...rest } = JSON.parse(Buffer.from(body).toString('utf8')) as Record<
    string,
    unknown
  >;
  assert.deepEqual([answer, Array.isArray(obligations), rest], ['yes', true, {}]);
});

test('tries about one subject are counted, whether or not the subject is there; others go on', async () => {
  for (const { subject, value, answer: reported } of [
    { subject: old.id, value: '不是', answer: 'no' },
    { subject: unknownPerson, value: '不是', answer: 'unknown' },
  ]) {
    const answers = [];
    for (let i = 0; i < 4; i += 1) answers.push(await codeOf(check('registered-as', { subject, value })));
    assert.deepEqual(answers, [reported, reported, reported, 'quota_exhausted']);
  }
  assert.equal(await codeOf(check('registered-as', { subject: old.id, value: old.name })), 'quota_exhausted');
  assert.equal(await codeOf(check('registered-as', { subject: young.id, value: young.name })), 'yes');
  assert.equal(await codeOf(check('school-age', { subject: old.id })), 'yes', 'a fact of its own limit');
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    facts: (grant['facts'] as readonly object[]).map((fact) =>
      'id' in fact && fact.id === 'registered-as'
        ? { ...fact, limits: { callsPerDay: 20_000, perSubjectPerDay: 4 } }
        : fact,
    ),
  }));
  const further = () => codeOf(check('registered-as', { subject: old.id, value: old.name }));
  assert.deepEqual([await further(), await further()], ['yes', 'quota_exhausted'], 'four a day let one more');
});

test('a wrong question is refused, and the entry stores nothing of it', async () => {
  assert.equal(await codeOf(check('is-rich', { subject: old.id })), 'fact_not_agreed');
  assert.equal((await lastLeaf(database)).fact, undefined);
  assert.equal(await codeOf(check('registered-as', { subject: old.id })), 'fact_question_invalid');
  assert.equal(
    await codeOf(check('school-age', { subject: old.id, on: '2026-01-01' })),
    'fact_question_invalid',
  );
  assert.equal(
    await codeOf(check('school-age', { subject: old.id }, { ...context, matter: 'X' })),
    'matter_not_agreed',
  );
  assert.equal(await codeOf(check('Ünknown', { subject: old.id })), 'not_found');
  assert.ok(!JSON.stringify(await lastLeaf(database)).includes(old.id));
});

describe('an empty text, in a field that leaves under a pseudonym', () => {
  const permits = 'pub-security.permit';
  const purpose = { ...context, agreement: 'agr-permits' };
  const [holder, none, gone, other] = agreed.map(({ id }) => id) as [string, string, string, string];
  const send = (texts: Readonly<Record<string, string>>): Promise<unknown> => {
    const lines = Object.entries(texts).map(([id, text]) => `${id},"${text}"\n`);
    const bytes = Buffer.from(`id,permit\n${lines.join('')}`);
    return city.publicSecurity.client.sendFile(permits, bytes, { mapping: 'permit' });
  };
  const shown = (id: string): string => `${id.slice(0, 6)}************`;
  const sorted = (records: readonly object[]): readonly string[] =>
    records.map((record) => JSON.stringify(record)).sort();
  let named = '';
  const expected = (): readonly string[] =>
    sorted([
      { person_id: shown(holder), permit: named },
      ...[none, gone, other].map((id) => ({ person_id: shown(id), permit: '' })),
    ]);

  before(async () => {
    const field = { 'x-sensitivity': 'L2', 'x-personal': 'personal', type: 'string' };
    const titled = (text: string): object => ({ title: text, 'x-title': { zh: text, en: text } });
    const documents = [
      {
        kind: 'Schema',
        document: {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          $id: 'urn:datong:permit:1.0',
          ...titled('许可'),
          description: '一人一证',
          'x-class': 'general',
          'x-primary-key': ['/person_id'],
          type: 'object',
          additionalProperties: false,
          required: ['person_id', 'permit'],
          properties: {
            person_id: {
              ...titled('公民身份号码'),
              ...field,
              format: 'cn-resident-id',
              'x-sensitivity': 'L3',
              'x-semantic': 'cn.resident-id',
              'x-mask': { name: 'idCard' },
              'x-subject-key': 'person',
            },
            permit: { ...titled('许可证号'), ...field, maxLength: 40 },
          },
        },
      },
      {
        kind: 'Dataset',
        id: permits,
        title: { zh: '许可', en: 'Permits' },
        mode: 'snapshot',
        schema: 'urn:datong:permit:1.0',
        sharing: { type: 'conditional', conditions: '仅限法定职责所需' },
      },
      {
        kind: 'Mapping',
        dataset: permits,
        document: {
          mapping: 'pub-security/permit@1',
          target: 'permit@1',
          source: { format: 'csv', options: { encoding: 'utf-8', headerRows: [1] } },
          fields: { person_id: { from: 'id' }, permit: { from: 'permit', keepEmpty: true } },
        },
      },
      {
        kind: 'Agreement',
        format: 2,
        id: 'agr-permits',
        version: 1,
        title: { zh: '许可', en: 'Permits' },
        provider: 'pub-security',
        consumer: 'education',
        purposes: ['school-enrolment'],
        basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
        valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
        grants: [
          {
            dataset: permits,
            schema: 'permit@1',
            lookupBy: ['person_id'],
            requires: ['on-behalf-of'],
            deliveries: ['batch', 'stream', 'export', 'changes'],
            limits: { rowsPerCall: 100, subjectsPerCall: 10, callsPerDay: 1000 },
            fields: {
              person_id: { mask: 'idCard', head: 6, tail: 0 },
              permit: { mask: 'pseudonym', domain: 'permit' },
            },
            facts: [
              {
                id: 'permit-is',
                title: { zh: '证号一致', en: 'this permit' },
                all: [{ field: 'permit', equals: 'asked' }],
                limits: { callsPerDay: 100, perSubjectPerDay: 10 },
              },
            ],
          },
        ],
      },
    ];
    await city.apply(documents, [city.education, city.publicSecurity]);
    await send({ [holder]: 'A-1', [none]: '', [gone]: '', [other]: '' });
  });

  test('refuses no page, part or file, and leaves as an empty text', async () => {
    const page = (await client.query(permits, {}, purpose)).json.records;
    named = String(
      page.find((record) => record['person_id'] === shown(holder) && record['permit'] !== '')?.['permit'],
    );
    assert.match(named, /^p1\.[\w-]{22}$/);
    assert.deepEqual(sorted(page), expected());
    const streamed: object[] = [];
    for await (const part of await client.stream(permits, {}, purpose)) streamed.push(...part.records);
    assert.deepEqual(sorted(streamed), expected());
    const values = [none, holder, gone];
    const batch = (await client.batchQuery(permits, { by: 'person_id', values }, purpose)).json;
    assert.deepEqual(
      batch.outcomes.map((outcome) =>
        'records' in outcome ? outcome.records.map(({ permit }) => permit) : [],
      ),
      [[''], [named], ['']],
    );
    const file = await exportedText(hub, client, permits, 'ndjson', purpose);
    assert.deepEqual(file.trim().split('\n').sort(), expected());
  });

  test('is no change where it stays, and one where a value comes', async () => {
    const first = (await client.changes.next(permits, {}, purpose)).json;
    assert.deepEqual(sorted(first.changes.map(({ record }) => record ?? {})), expected());
    await send({ [holder]: 'A-1', [none]: '', [gone]: '', [other]: 'A-1' });
    const second = (await client.changes.next(permits, { acknowledge: first.watermark }, purpose)).json;
    assert.deepEqual(
      second.changes.map(({ record }) => record),
      [{ person_id: shown(other), permit: named }],
    );
  });

  test('is a value that is not stored: the answer is unknown, and a question for it is refused', async () => {
    const reported = (subject: string, value: string): Promise<string> =>
      client.checkFact(permits, 'permit-is', { subject, value }, purpose).then(
        ({ json }) => json.answer,
        (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
      );
    assert.deepEqual(
      [
        await reported(holder, 'A-1'),
        await reported(holder, 'B-2'),
        await reported(gone, 'A-1'),
        await reported(gone, ''),
      ],
      ['yes', 'no', 'unknown', 'fact_question_invalid'],
    );
  });
});

describe('where persons must consent', () => {
  const meals: CallContext = {
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    onBehalfOf: 'official-0317',
    matter: 'YC-2026-000017',
  };
  const child = file.good.find(
    ({ guardian, region, birth }) => guardian !== '' && region === '990101' && fullYears(birth, today) < 12,
  );
  assert.ok(child);
  const ask = (subject: string): Promise<Answer<FactAnswer>> =>
    check('registered-as', { subject, value: child.name }, meals);

  const named = (id: string, limits: object) => ({
    id,
    title: { zh: '姓名', en: 'name' },
    all: [{ field: 'name', equals: 'asked' }],
    limits,
  });
  const seldom = { callsPerDay: 2, perSubjectPerDay: 50 };

  const given = async (person: string, guardian: string, fields: string[]) => {
    const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
    return city.publicSecurity.client.giveConsent({
      id: `c-${person.slice(-6).toLowerCase()}-${fields.length}`,
      person,
      guardian,
      recipient: 'education',
      dataset,
      purposes: ['school-meals'],
      fields,
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
      method: 'app',
    });
  };

  before(async () => {
    await city.apply('school-meals/notice.yaml');
    const facts = [
      named('registered-as', { callsPerDay: 100, perSubjectPerDay: 50 }),
      named('asked-seldom', seldom),
    ];
    await applyGrant(hub, city, 'school-meals/agreement.yaml', 1, (grant) => ({ ...grant, facts }));
  });

  test('without a consent the answer does not depend on the dataset; with it the fact is returned until withdrawal', async () => {
    assert.deepEqual(
      [await codeOf(ask(child.id)), await codeOf(ask(unknownPerson))],
      ['consent_missing', 'consent_missing'],
    );
    const { json } = await given(child.id, child.guardian, ['name']);
    await given(unknownPerson, child.guardian, ['name']);
    const there = await traces(ask(child.id));
    const notThere = await traces(ask(unknownPerson));
    assert.deepEqual([there.answer, notThere.answer], ['yes', 'unknown']);
    assert.deepEqual(notThere.traces, there.traces);
    assert.notEqual((await lastLeaf(database)).private, undefined);
    // a fact has its own daily limit, for all subjects together
    const answers = [];
    for (const subject of [child.id, unknownPerson, child.id])
      answers.push(await codeOf(check('asked-seldom', { subject, value: child.name }, meals)));
    assert.deepEqual(answers, ['yes', 'unknown', 'quota_exhausted']);
    const limits = { ...seldom, callsPerDay: 3 };
    const facts = [named('registered-as', limits), named('asked-seldom', limits)];
    await applyGrant(hub, city, 'school-meals/agreement.yaml', 2, (grant) => ({ ...grant, facts }));
    const once = () => codeOf(check('asked-seldom', { subject: child.id, value: child.name }, meals));
    assert.deepEqual(
      [await once(), await once()],
      ['yes', 'quota_exhausted'],
      'a limit of three lets one more',
    );
    await city.publicSecurity.client.withdrawConsent(json.id);
    assert.equal(await codeOf(ask(child.id)), 'consent_missing');
  });

  test('a consent to other fields is not enough', async () => {
    const other = file.good.find(
      ({ guardian, region, birth, id }) =>
        guardian !== '' && region === '990101' && fullYears(birth, today) < 12 && id !== child.id,
    );
    assert.ok(other);
    await given(other.id, other.guardian, ['income']);
    assert.equal(await codeOf(ask(other.id)), 'consent_missing');
    await given(other.id, other.guardian, ['name', 'income']);
    assert.notEqual(await codeOf(ask(other.id)), 'consent_missing');
  });
});
