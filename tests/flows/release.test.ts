/** The release flow over real TLS and PostgreSQL: what comes out, what is refused, and what the log records of both. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkEvidence, digestOf } from '../../clients/cli/audit/evidence/checkEvidence.ts';
import { signNow } from '../../machine/signNow.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import type { Leaf } from '../../log/leaf.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import type { EvidenceFile } from '../../log/pack/evidenceFile.ts';
import { answerFault } from '../contractAnswers.ts';
import { typedDatong } from '../typedDatong.ts';
import { countSubjects } from '../../hub/log/store/subjects.ts';
import { subjectsOfEntries } from '../../hub/log/store/sealedSubjects.ts';
import { provenIndex } from '../c2spReader.ts';
import { writeDemoState } from '../demoState.ts';
import { lastLeaf } from './leaves.ts';
import { rawCall } from '../hub.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-release-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const transport = await hub.enrol('transport');
const auditor = await hub.token('auditor', ['auditor']);
const second = await hub.token('second auditor', ['auditor']);
const file = householdFile(1500, 7);
const { client } = city.education;
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });

const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
const outside = file.good.find((person) => person.region === '990103');
assert.ok(child && outside);
const dataset = 'pub-security.household';
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const about = (id: string): Query => ({ filter: [{ field: 'person_id', op: 'eq', value: id }] });

async function refused(code: string, ask: () => Promise<unknown>): Promise<Leaf> {
  const problem = await ask().then(
    () => assert.fail(`${code}: was answered`),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof DatongProblem, String(problem));
  assert.equal(problem.code, code);
  const leaf = await lastLeaf(database);
  assert.equal(leaf.id, problem.exchange);
  assert.equal(leaf.decision, 'deny');
  assert.equal(leaf.code, code);
  assert.notEqual(problem.kept?.receipt, undefined);
  return leaf;
}

test('five fields leave, three masked; the entry records which, for whom, and for which case', async () => {
  const answer = await client.query(dataset, about(child.id), context);
  const [record] = answer.json.records;
  assert.deepEqual(Object.keys(record ?? {}).sort(), [
    'birth_date',
    'guardian_id',
    'name',
    'person_id',
    'region_code',
  ]);
  assert.equal(record?.['person_id'], `${child.id.slice(0, 6)}************`);
  assert.equal(record['name'], `${[...child.name][0] ?? ''}**`);
  assert.match(String(record['guardian_id']), /^p1\.[A-Za-z0-9_-]{22}$/);
  assert.equal(Object.keys(answer.json.withheld).length, 7);
  const leaf = await lastLeaf(database);
  assert.equal(leaf.id, answer.exchange);
  assert.equal(leaf.decision, 'allow');
  assert.equal(leaf.matter, 'YX-2026-000123');
  assert.equal(leaf.onBehalfOf, 'official-17');
  assert.equal(leaf.consumer, 'education');
  assert.equal(leaf.provider, 'pub-security');
  assert.equal(leaf.subjects?.count, 1);
  assert.deepEqual(leaf.rows, { delivered: 1, withheld: 0 });
  assert.deepEqual(leaf.fields, {
    person_id: 'idCard',
    name: 'personName',
    guardian_id: 'pseudonym',
    birth_date: 'clear',
    region_code: 'clear',
  });
});

test('an unknown person, one outside the row filter and an unknown number are answered alike', async () => {
  const empty = { records: [], rows: { delivered: 0, withheld: 0 } };
  for (const id of [outside.id, '990101201901010017', 'nobody']) {
    const { json } = await client.query(dataset, about(id), context);
    assert.deepEqual({ records: json.records, rows: json.rows }, empty);
  }
  // a person queried without result is committed to like a present one: the entry does not distinguish them
  assert.equal((await lastLeaf(database)).subjects?.count, 1);
});

test('each thing that was not agreed is refused by its own code, with an entry and a receipt', async () => {
  const leaf = await refused('no_agreement', () =>
    transport.client.query(dataset, {}, { purpose: 'statistics', agreement: 'agr-school-enrolment' }),
  );
  assert.equal(leaf.actor.department, 'transport');
  assert.equal(leaf.dataset, dataset);
  const ask = (query: Query, other: Partial<CallContext> = {}) =>
    client.query(dataset, query, { ...context, ...other });
  await refused('field_not_granted', () => ask({ ...about(child.id), fields: ['name', 'income'] }));
  await refused('unknown_field', () => ask({ ...about(child.id), fields: ['salary'] }));
  await refused('purpose_not_agreed', () => ask(about(child.id), { purpose: 'statistics' }));
  await refused('purpose_unknown', () => ask(about(child.id), { purpose: 'curiosity' }));
  await refused('filter_on_masked_field', () =>
    ask({ filter: [...(about(child.id).filter ?? []), { field: 'name', op: 'eq', value: '王伟' }] }),
  );
  await refused('lookup_missing', () => ask({}));
  await refused('limit_too_high', () => ask({ ...about(child.id), limit: 1000 }));
  await refused('cursor_invalid', () => ask({ ...about(child.id), cursor: 'AAAA' }));
  const { matter: _matter, ...withoutMatter } = context;
  await refused('matter_missing', () => client.query(dataset, about(child.id), withoutMatter));
  const { onBehalfOf: _official, ...withoutOfficial } = context;
  await refused('on_behalf_of_missing', () => client.query(dataset, about(child.id), withoutOfficial));
  const shape = await refused('invalid_request', () =>
    ask({ ...about(child.id), ['__proto__x' as 'limit']: 1 }),
  );
  assert.equal(shape.dataset, dataset);
});

/** A request of 教育局 as it goes over the wire, signed once. */
function signed(query: Query): { path: string; headers: Record<string, string>; body: Buffer } {
  const body = Buffer.from(JSON.stringify(query), 'utf8');
  const path = `/v1/datasets/${dataset}/query`;
  const headers = signNow({
    method: 'POST',
    targetUri: `${hub.hub.origins.exchange}${path}`,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': context.purpose,
      'datong-agreement': context.agreement,
      'datong-on-behalf-of': 'official-17',
      'datong-matter': 'YX-2026-000123',
    },
    body,
    key: city.education.signing,
  });
  return { path, headers, body };
}

test('a replayed request, one changed byte and a foreign certificate are refused and logged by what was proven', async () => {
  const { path, headers, body } = signed(about(child.id));
  const send = (by: typeof city.education, bytes: Buffer) =>
    rawCall(hub.hub.origins.exchange, hub.ca, by.tls, path, headers, bytes);
  assert.equal((await send(city.education, body)).status, 200);
  const replay = await send(city.education, body);
  assert.deepEqual([replay.status, replay.code], [401, 'nonce_replayed']);
  let leaf = await lastLeaf(database);
  assert.equal(leaf.code, 'nonce_replayed');
  assert.equal(leaf.claimedDepartment, 'education');
  assert.equal(leaf.actor.department, undefined);

  const other = signed(about(child.id));
  const changed = Buffer.from(other.body);
  changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
  const altered = await rawCall(
    hub.hub.origins.exchange,
    hub.ca,
    city.education.tls,
    path,
    other.headers,
    changed,
  );
  assert.deepEqual([altered.status, altered.code], [400, 'digest_mismatch']);

  const stolen = signed(about(child.id));
  const foreign = await rawCall(
    hub.hub.origins.exchange,
    hub.ca,
    transport.tls,
    path,
    stolen.headers,
    stolen.body,
  );
  assert.deepEqual([foreign.status, foreign.code], [403, 'key_department_mismatch']);
  leaf = await lastLeaf(database);
  assert.equal(leaf.claimedDepartment, 'transport');
  assert.equal(leaf.actor.certificate, transport.serial);
});

async function askFor(question: object): Promise<{ readonly id: string; readonly state: string }> {
  const asked = { reason: 'complaint', case: 'XF-2026-0001', question };
  const { status, json } = await hub.staff(auditor, 'POST', '/v1/log/evidence', asked);
  assert.equal(status, 201, JSON.stringify(json));
  return { id: String(json['id']), state: String(json['state']) };
}
async function evidenceOf(id: string): Promise<EvidenceFile> {
  const { status, json } = await hub.staff(auditor, 'GET', `/v1/log/evidence/${id}`);
  assert.equal(status, 200, JSON.stringify(json));
  return json as unknown as EvidenceFile;
}
const checked = (file: EvidenceFile) =>
  checkEvidence(JSON.stringify(file), { keys: [parseVkey(hub.hub.keys.log.vkey)] });
const codesOf = (file: EvidenceFile): readonly string[] => [
  ...new Set(checked(file).findings.map(({ code }) => code)),
];

test('evidence of every call above: each decision comes out of its documents again, allowed or denied', async () => {
  const { id, state } = await askFor({ consumer: 'education', kind: 'release' });
  assert.equal(state, 'released');
  const file = await evidenceOf(id);
  const { findings, read } = checked(file);
  assert.deepEqual(findings, []);
  assert.ok(read !== undefined && read.complete === 'choice');
  const { same, possible, unknown } = read.replayed;
  assert.ok(same >= 8 && possible >= 4, `${same} the same, ${possible} possible`);
  assert.equal(unknown, 0);
  assert.ok(Object.values(file.documents).some((text) => text.includes('agr-school-enrolment')));
});

test('a decision that does not follow from its documents, and every altered part, is reported', async () => {
  const { id } = await askFor({ matter: 'YX-2026-000123', first: 0, whole: true });
  const file = await evidenceOf(id);
  const { read } = checked(file);
  assert.ok(read !== undefined && read.complete === 'range');
  assert.equal(read.entries.length, file.size);
  assert.deepEqual(codesOf(file), []);
  // an altered row that claims the agreement was suspended all along
  const registries = Object.values(file.registries).map((text) =>
    text.replace('"suspended":[]', '"suspended":["agr-school-enrolment"]'),
  );
  const suspended = {
    ...file,
    registries: Object.fromEntries(registries.map((text) => [digestOf(text), text])),
    sets: file.sets.map((set) => ({
      ...set,
      readings: set.readings.map((one) => ({
        ...one,
        registries: digestOf(
          (file.registries[one.registries] ?? '').replace(
            '"suspended":[]',
            '"suspended":["agr-school-enrolment"]',
          ),
        ),
      })),
    })),
  };
  assert.deepEqual(codesOf(suspended), ['decision_differs']);
  const [chosen = 0] = file.chosen;
  const edited = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([digest, text]) => [digest, `${text} `]));
  for (const [altered, code] of [
    [{ ...file, chosen: file.chosen.slice(1) }, 'evidence_choice'],
    [{ ...file, chosen: [0, ...file.chosen] }, 'evidence_choice'],
    [{ ...file, chosen: [file.chosen[0], ...file.chosen] }, 'pack_malformed'],
    [{ ...file, range: { first: 9, last: 8 } }, 'pack_malformed'],
    [
      {
        ...file,
        pack: { ...file.pack, entries: file.pack.entries.filter(({ index }) => index !== chosen) },
      },
      'evidence_incomplete',
    ],
    [{ ...file, range: { first: 0, last: file.size + 9 } }, 'evidence_incomplete'],
    [{ ...file, documents: edited(file.documents) }, 'text_altered'],
    [{ ...file, sets: file.sets.map((set) => ({ ...set, lines: set.lines.slice(1) })) }, 'text_altered'],
    [{ ...file, cosigned: file.cosigned.replace(/\d/, '9') }, 'checkpoint_invalid'],
    [{ ...file, pack: {} }, 'pack_malformed'],
    [{ ...file, more: 1 }, 'pack_malformed'],
    [{ ...file, question: { first: -1 } }, 'pack_malformed'],
  ] as const)
    assert.ok(
      codesOf(altered as unknown as EvidenceFile).includes(code),
      `${code}: ${codesOf(altered as unknown as EvidenceFile).join()}`,
    );
});

test('about a person two decide; the identifier is nowhere', async () => {
  const question = { subject: { dataset, value: child.id }, kind: 'release' };
  const { id, state } = await askFor(question);
  assert.equal(state, 'waiting');
  const get = async (token: string) => hub.staff(token, 'GET', `/v1/log/evidence/${id}`);
  const answer = (token: string, word: string) =>
    hub.staff(token, 'POST', `/v1/log/evidence/${id}/answer`, { answer: word });
  assert.equal((await get(auditor)).json['code'], 'evidence_not_released');
  assert.equal((await answer(auditor, 'release')).json['code'], 'four_eyes');
  const inbox = (await hub.staff(second, 'GET', '/v1/inbox')).json['evidence'] as readonly { id: string }[];
  assert.deepEqual(
    inbox.map((one) => one.id),
    [id],
  );
  const listed = async (token: string, request: string) => {
    const { json } = await hub.staff(token, 'GET', `/v1/log/evidence?evidence=${request}`);
    return (json['evidence'] as readonly { readonly entries?: number }[])[0] ?? assert.fail();
  };
  // the number would answer the question: only the second person receives it before the decision
  const counted = (await listed(second, id)).entries ?? 0;
  assert.ok(counted > 0);
  assert.equal((await listed(auditor, id)).entries, undefined);
  assert.equal((await answer(second, 'release')).status, 200);
  assert.equal((await listed(auditor, id)).entries, counted);
  assert.equal((await answer(second, 'refuse')).json['code'], 'transition_not_allowed');
  const file = await evidenceOf(id);
  assert.deepEqual(codesOf(file), []);
  assert.ok(file.chosen.length > file.attempts.length && file.attempts.length > 0);
  assert.ok(!JSON.stringify(file).includes(child.id));
  const other = await askFor({ subject: { dataset, value: outside.id } });
  const refusal = { answer: 'refuse' };
  await hub.staff(second, 'POST', `/v1/log/evidence/${other.id}/answer`, refusal);
  const refused = await hub.staff(auditor, 'GET', `/v1/log/evidence/${other.id}`);
  assert.equal(refused.json['code'], 'evidence_not_released');
  assert.equal((await listed(auditor, other.id)).entries, undefined);
});

test('an incident: who got which fields in the period, how many persons, and drafts of the notices', async () => {
  const day = 86_400_000;
  const span = {
    from: new Date(database.now() - day).toISOString(),
    until: new Date(database.now() + day).toISOString(),
  };
  const asked = { reason: 'stolen key', case: 'AQ-2026-1', ...span };
  const assess = (more: object) => hub.staff(auditor, 'POST', '/v1/log/incidents', { ...asked, ...more });
  const { status, json } = await assess({ dataset });
  assert.equal(status, 200, JSON.stringify(json));
  const [recipient, ...others] = json['recipients'] as readonly Record<string, unknown>[];
  assert.deepEqual(others, []);
  assert.equal(recipient?.['department'], 'education');
  assert.ok((recipient['fields'] as readonly string[]).includes('name personName'));
  // empty answers and refusals gave nothing to anyone
  assert.equal(json['subjects'], 1);
  assert.equal(json['entries'], recipient['rows']);
  const { keyid } = city.education.signing;
  assert.deepEqual((await assess({ dataset, keyid })).json['indexes'], json['indexes']);
  for (const other of [{ keyid: 'another' }, { consumer: 'transport' }, { agreement: 'agr-none' }])
    assert.deepEqual([(await assess(other)).json['entries'], other], [0, other]);
  assert.equal((await assess({ reason: child.id })).json['code'], 'reason_identifies');
  assert.equal((await assess({ case: child.id })).json['code'], 'search_identity_number');
  assert.equal((await lastLeaf(database)).operation, 'assessIncident');
  assert.equal((await assess({ official: child.id })).json['code'], 'search_identity_number');
  for (const [path, body] of [
    ['/v1/log/incidents/subjects', { ...asked, official: child.id }],
    ['/v1/log/evidence', { reason: 'a leak', case: 'AQ-1', question: { dataset, official: child.id } }],
    ['/v1/log/evidence', { reason: 'a leak', case: 'AQ-1', question: { dataset, matter: child.id } }],
  ] as const)
    assert.equal((await hub.staff(auditor, 'POST', path, body)).json['code'], 'search_identity_number', path);
  // an incident of a whole log is read in ranges: where they end changes nothing
  const indexes = json['indexes'] as number[];
  assert.equal(indexes.length > 1, true, String(indexes));
  const whole = await subjectsOfEntries(database.app, indexes, 10);
  assert.deepEqual(
    whole.map(({ entries }) => entries),
    [indexes.length],
  );
  for (const maxLength of [1, 2]) {
    assert.equal(await countSubjects(database.app, [...indexes].reverse(), maxLength), 1);
    assert.deepEqual(await subjectsOfEntries(database.app, indexes, 10, maxLength), whole);
  }
});

test('the subjects of an incident are a sealed list: two persons open it, each time with an entry, and no one else does', async () => {
  const day = 86_400_000;
  const span = {
    from: new Date(database.now() - day).toISOString(),
    until: new Date(database.now() + day).toISOString(),
  };
  const asked = { reason: 'stolen key', case: 'AQ-2026-1', dataset, ...span };
  const seal = (token: string, more: object = {}) =>
    hub.staff(token, 'POST', '/v1/log/incidents/subjects', { ...asked, ...more });
  const open = (token: string, list: unknown, more: object = {}) => {
    const body = { reason: 'to tell them', ...more };
    return hub.staff(token, 'POST', `/v1/log/incidents/subjects/${String(list)}/opening`, body);
  };
  const answer = (token: string, list: unknown, word = 'release') =>
    hub.staff(token, 'POST', `/v1/log/evidence/${String(list)}/answer`, { answer: word });
  const made = await seal(auditor);
  assert.equal(made.status, 201, JSON.stringify(made.json));
  assert.deepEqual(
    [made.json['state'], (made.json['list'] as { subjects: number }).subjects],
    ['waiting', 1],
  );
  const { id } = made.json;
  assert.equal(JSON.stringify((await lastLeaf(database)).change).includes('token'), false);
  // neither the database nor an answer reveals a token before two persons decided
  const [{ token }] = (
    await database.app.query<{ token: string }>(
      "SELECT encode(unnest(tokens), 'hex') AS token FROM audit_subject WHERE idx = (SELECT max(idx) FROM audit_entry WHERE decision = 'allow' AND consumer = 'education' AND idx IN (SELECT idx FROM audit_subject))",
    )
  ).rows as [{ token: string }];
  const stored = await database.app.query<{ row: string }>(
    'SELECT row_to_json(e)::text AS row FROM evidence AS e WHERE id = $1',
    [id],
  );
  assert.equal(stored.rows[0]?.row.includes(token), false);
  const closed = async (by: string, list: unknown, sentence: RegExp): Promise<void> => {
    const { status, json } = await open(by, list);
    assert.deepEqual([status, json['code']], [409, 'list_closed']);
    assert.match((json['detail'] as { en: string }).en, sentence);
  };
  await closed(auditor, id, /no second person/);
  // the same person twice
  assert.equal((await answer(auditor, id)).json['code'], 'four_eyes');
  // a department's auditor, of any department
  const elsewhere = await hub.token('部门审计', ['auditor'], 'pub-security');
  for (const refused of [await seal(elsewhere), await answer(elsewhere, id), await open(elsewhere, id)])
    assert.equal(refused.status, 403, JSON.stringify(refused.json));
  assert.equal((await answer(second, id)).status, 200);
  // a third person of the same office
  await closed(await hub.token('第三人', ['security']), id, /only the person who requested it/);
  for (const by of [auditor, second]) {
    const opened = await open(by, id);
    assert.equal(answerFault('openSubjects', 200, opened.json), '');
    assert.deepEqual(
      (opened.json['subjects'] as readonly { token: string }[]).map((one) => one.token),
      [token],
    );
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.operation, leaf.change?.['list'], leaf.change?.['reason'], JSON.stringify(leaf).includes(token)],
      ['openSubjects', id, 'to tell them', false],
    );
  }
  const values = ['990101199003078893', child.id];
  const compared = await open(auditor, id, { compare: { dataset, values } });
  assert.deepEqual(compared.json['concerned'], [1]);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.change?.['compared'], leaf.change?.['concerned']], [2, 1]);
  assert.equal(JSON.stringify(leaf).includes(child.id), false);
  assert.equal((await open(auditor, id, { reason: child.id })).json['code'], 'reason_identifies');
  assert.equal(
    (await open(auditor, id, { compare: { dataset: 'no.ne', values } })).json['code'],
    'unknown_reference',
  );
  // no folder of evidence, and evidence is no list
  assert.equal((await hub.staff(auditor, 'GET', `/v1/log/evidence/${String(id)}`)).status, 404);
  assert.equal((await open(auditor, (await askFor({ first: 0, last: 1 })).id)).status, 404);
  // refused by the second person; without a subject; over
  const other = (await seal(auditor)).json['id'];
  assert.equal((await answer(second, other, 'refuse')).status, 200);
  await closed(auditor, other, /refused it/);
  const withoutSubject = await seal(auditor, { consumer: 'transport' });
  assert.deepEqual([withoutSubject.status, withoutSubject.json['code']], [409, 'list_closed']);
  const late = (await seal(auditor)).json['id'];
  await database.owner.query(
    "UPDATE evidence SET asked_at = asked_at - interval '8 days' WHERE id = ANY ($1)",
    [[id, late]],
  );
  await closed(auditor, id, /seven days are over/);
  assert.equal((await answer(second, late)).json['code'], 'list_closed');
  assert.equal(await hub.hub.runner.run('forgetSealedLists'), 'ok');
  const { rows } = await database.app.query('SELECT 1 FROM evidence WHERE sealed IS NOT NULL');
  assert.deepEqual(rows, []);
  // by its verbs
  const state = join(home, 'sealed.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor, second });
  const datong = (...words: string[]) => typedDatong(words, { cwd: home, env: { DATONG_STATE: state } });
  const about = ['--from', span.from, '--until', span.until, '--reason', 'stolen key', '--case', 'AQ-2026-2'];
  const sealing = ['audit', 'incident', '--as', 'auditor', '--dataset', dataset, ...about, '--seal'];
  const withFiles = await datong(...sealing, '--out', 'drafts');
  assert.deepEqual([withFiles.code, withFiles.stdout], [2, '']);
  assert.match(withFiles.stderr, /--seal writes no files/);
  const sealed = await datong(...sealing);
  assert.equal(sealed.code, 0, sealed.stderr);
  assert.equal((await answer(second, sealed.stdout.trim())).status, 200);
  writeFileSync(join(home, 'persons.txt'), values.join('\n'));
  const reported = await datong(
    ...['audit', 'subjects', sealed.stdout.trim(), '--as', 'second', '--reason', 'to tell them'],
    ...['--dataset', dataset, '--compare', 'persons.txt'],
  );
  assert.deepEqual([reported.code, reported.stdout], [0, `${child.id}\n`], reported.stderr);
  assert.match(reported.stderr, /1 of 2 identifiers are on the list, which holds 1 /);
});

test('as a folder: verified and shown without the hub; a forged page is found', async () => {
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor, second });
  const datong = (...words: string[]) =>
    typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: 'zh_CN.UTF-8' } });
  const about = ['--reason', '投诉', '--case', 'XF-2026-0002'];
  const made = await datong(
    ...['audit', 'evidence', '--as', 'auditor', '--matter', 'YX-2026-000123', ...about, '-o', 'one'],
  );
  assert.equal(made.code, 0, made.stderr);
  const key = hub.hub.keys.log.vkey;
  const verify = () => datong('audit', 'verify', 'one', '--key', key);
  const first = await verify();
  assert.equal(first.code, 0, first.stderr + first.stdout);
  assert.match(first.stderr, /证据成立.*不证明没有别的条目.*重新判定/);
  assert.doesNotMatch(first.stderr, /日志完好/);
  // any tool of the format reads each entry with its proof, and believes no other
  const entries = readdirSync(join(home, 'one', 'entries')).filter((name) => name.endsWith('.json'));
  assert.ok(entries.length > 0);
  for (const name of entries) {
    const leaf = readFileSync(join(home, 'one', 'entries', name));
    const proof = readFileSync(join(home, 'one', 'entries', name.replace('.json', '.tlog-proof')), 'utf8');
    assert.equal(String(provenIndex(proof, leaf, key)).padStart(9, '0'), name.replace('.json', ''));
    const altered = Buffer.from(leaf.toString('utf8').replace('official-17', 'official-18'));
    assert.throws(() => provenIndex(proof, altered, key), { code: 'ERR_ASSERTION' });
    assert.throws(() => provenIndex(proof.replace(/^index \d+$/m, 'index 0'), leaf, key), {
      code: 'ERR_ASSERTION',
    });
  }
  const reported = await datong('audit', 'explain', 'one', '--key', key);
  assert.match(
    reported.stdout,
    /education 请求数据（queryDataset），经办人 official-17，办件 YX-2026-000123/,
  );
  const page = join(home, 'one', 'print.zh-CN.html');
  const text = readFileSync(page, 'utf8');
  const digest = digestOf(readFileSync(join(home, 'one', 'evidence.json')));
  const pages = text.split('<section>').length - 1;
  assert.equal(text.split(`SHA-256 ${digest}`).length - 1, pages);
  assert.match(text, new RegExp(`${pages} / ${pages}</span>`));
  assert.match(text, /本证据不能证明/);
  // of a version of its own, so that it is not made again and compared
  const forged = text.replaceAll('official-17', 'official-18').replace('print form 1', 'print form 0');
  assert.match(forged, /content="datong print form 0"/);
  const manifest = join(home, 'one', 'manifest.json');
  writeFileSync(page, forged);
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(digestOf(text), digestOf(forged)));
  const caught = await verify();
  assert.deepEqual([caught.code, /file_altered {2}print.zh-CN.html/.test(caught.stdout)], [5, true]);
  // nor does the rest verify as a pack, next to a page without proof
  rmSync(join(home, 'one', 'evidence.json'));
  const stripped = await verify();
  assert.deepEqual([stripped.code, /缺少 evidence\.json/.test(stripped.stderr)], [5, true]);
  const draft = await datong(
    ...[
      'audit',
      'incident',
      '--as',
      'auditor',
      '--agreement',
      'agr-school-enrolment',
      ...about,
      '-o',
      'three',
    ],
    ...['--from', '2026-01-01', '--until', '2099-01-01'],
  );
  assert.match(draft.stderr, /涉及主体 1 个；可暂停：agr-school-enrolment/);
  const persons = readFileSync(join(home, 'three', 'to-persons.md'), 'utf8');
  assert.match(persons, /您的下列个人信息.*姓名[\s\S]*云栖市教育局[\s\S]*请填写/);
  const waiting = await datong(
    'audit',
    'evidence',
    '--as',
    'auditor',
    '--first',
    '0',
    '--last',
    '1',
    ...about,
    '--json',
  );
  assert.equal((JSON.parse(waiting.stdout) as { state: string }).state, 'released');
  writeFileSync(join(home, 'child.txt'), child.id);
  const asked = await datong(
    ...['audit', 'evidence', '--as', 'auditor', '--subject', 'child.txt', '--dataset', dataset],
    ...about,
    '--json',
  );
  const { id } = JSON.parse(asked.stdout) as { id: string };
  assert.equal((await datong('audit', 'evidence', 'release', id, '--as', 'second')).code, 0);
  const fetched = await datong('audit', 'evidence', 'fetch', id, '--as', 'auditor', '-o', 'two');
  assert.equal(fetched.code, 0, fetched.stderr);
});

test('an incident of a batch: who got rows while it was current, and who may have by a page continued later', async () => {
  const day = 86_400_000;
  const asked = {
    reason: 'wrong rows',
    case: 'AQ-2026-2',
    from: new Date(database.now() - day).toISOString(),
    until: new Date(database.now() + day).toISOString(),
  };
  const assess = async (more: object) =>
    (await hub.staff(auditor, 'POST', '/v1/log/incidents', { ...asked, ...more })).json;
  const send = async (bytes: Uint8Array): Promise<string> =>
    (await city.publicSecurity.client.sendFile(dataset, bytes, { mapping: 'household' })).json.batch;
  const move = (batch: string, column: string, hours: number): Promise<unknown> =>
    database.owner.query(`UPDATE batch SET ${column} = now() + make_interval(hours => $2) WHERE id = $1`, [
      batch,
      hours,
    ]);
  const { rows } = await database.app.query<{ id: string }>('SELECT id FROM batch WHERE dataset = $1', [
    dataset,
  ]);
  const first = rows[0]?.id ?? '';
  const whole = await assess({ dataset });
  const current = await assess({ batch: first });
  assert.deepEqual([current['entries'], current['recipients']], [whole['entries'], whole['recipients']]);
  assert.deepEqual(Object.keys(current['batch'] as object).sort(), ['dataset', 'from', 'id', 'perhaps']);
  assert.equal((await lastLeaf(database)).change?.['case'], 'AQ-2026-2');
  // the same bytes again are no other batch, and an opened one is not read
  const same = await assess({ batch: await send(file.bytes) });
  assert.equal(same['entries'], whole['entries']);
  const opened = await city.publicSecurity.client.call({
    method: 'POST',
    path: `/v1/datasets/${dataset}/batches`,
    receipt: 'required',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{}'),
  });
  const never = await assess({ batch: (opened.json as { batch: string }).batch });
  assert.deepEqual([never['entries'], never['recipients']], [0, []]);
  assert.deepEqual(Object.keys(never['batch'] as object).sort(), ['dataset', 'id', 'perhaps']);
  // a correction takes the good rows of the one that it corrects along
  const held = (opened.json as { batch: string }).batch;
  await database.owner.query('UPDATE batch SET corrects = $2 WHERE id = $1', [first, held]);
  assert.equal((await assess({ batch: held }))['entries'], whole['entries']);
  await database.owner.query('UPDATE batch SET corrects = NULL WHERE id = $1', [first]);
  // another takes its place
  const second = await send(householdFile(1500, 8).bytes);
  await move(first, 'published_at', -3);
  await move(first, 'superseded_at', -2);
  const before = await assess({ batch: first });
  assert.deepEqual(
    [before['entries'], (before['batch'] as { perhaps: string[] }).perhaps],
    [0, ['education']],
  );
  const sealed = await hub.staff(auditor, 'POST', '/v1/log/incidents/subjects', { ...asked, batch: first });
  assert.equal(sealed.json['code'], 'list_closed');
  await move(second, 'published_at', 1);
  assert.equal((await assess({ batch: second }))['entries'], 0);
  // one that a person let in may have been current before
  await move(second, 'opened_at', -1);
  await database.owner.query('UPDATE batch SET approved_by = $2 WHERE id = $1', [second, 'psn-x']);
  assert.equal((await assess({ batch: second }))['entries'], whole['entries']);
  const state = join(home, 'incident.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor });
  const reported = await typedDatong(
    [
      ...[
        'audit',
        'incident',
        '--as',
        'auditor',
        '--batch',
        first,
        '--from',
        asked.from,
        '--until',
        asked.until,
      ],
      ...['--reason', 'wrong rows', '--case', 'AQ-2026-2', '-o', join(home, 'incident')],
    ],
    { cwd: home, env: { DATONG_STATE: state } },
  );
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(reported.stderr, /continued pages may have had rows of it later: education/);
  for (const batch of ['01890000-0000-7000-8000-000000000000', first]) {
    const other = batch === first ? { dataset: 'ecology.air' } : {};
    assert.equal((await assess({ batch, ...other }))['code'], 'batch_unknown');
  }
});
