/** What a deputy did on behalf of a steward counts as the steward's after the deputy's term, also where the steward has another role. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { RoleGrant } from '../../hub/domain/permissions.ts';
import { admitPerson } from '../admitPerson.ts';
import { cityHub } from '../cityHub.ts';
import { validTerm } from '../newYear.ts';
import { acceptAs, staffCall, type StaffReply } from '../secondPerson.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
after(() => hub.stop());
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };

const educationSteward = { role: 'steward', department: 'education' } as const;
const policeSteward = { role: 'steward', department: 'pub-security' } as const;
const admitted = (name: string, ...roles: RoleGrant[]) => admitPerson(hub.hub.services.identity, name, roles);
const persons = {
  ann: await admitted('Ann', educationSteward),
  bob: await admitted('Bob', educationSteward),
  /** steward and security officer of the consumer, and security officer of the data office */
  pia: await admitted(
    'Pia',
    educationSteward,
    { role: 'security', department: 'education' },
    { role: 'security' },
  ),
  ida: await admitted('Ida', { role: 'clerk', department: 'education' }),
  dan: await admitted('Dan', policeSteward),
  gil: await admitted('Gil', policeSteward),
  hal: await admitted('Hal', { role: 'clerk', department: 'pub-security' }),
  sec: await admitted('Sec', { role: 'security' }),
};
type Name = keyof typeof persons;
const post = (who: Name, path: string, body: object): Promise<StaffReply> =>
  staffCall(listener, persons[who].token, 'POST', path, body);
const reported = ({ status, body }: StaffReply): unknown => (status < 300 ? status : body['code']);

/** Names a deputy until tomorrow. @returns ends it */
async function deputy(
  steward: Name,
  person: Name,
  department: string,
  other: Name,
): Promise<() => Promise<void>> {
  const proposed = await post(steward, '/v1/stand-ins', {
    as: 'deputy',
    steward: persons[steward].person,
    person: persons[person].person,
    department,
    until: new Date(database.now() + 86_400_000).toISOString(),
    reason: 'on leave',
  });
  const { status, body } = await acceptAs(listener, persons[other].token, proposed);
  assert.equal(status, 201, JSON.stringify(body));
  return async () => {
    const ended = await post(steward, `/v1/stand-ins/${String(body['id'])}/end`, { reason: 'back' });
    assert.equal(ended.status, 200, JSON.stringify(ended.body));
  };
}

async function made(who: Name, id: string): Promise<string> {
  const document = {
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
        fields: { name: { mask: 'clear' } },
      },
    ],
  };
  const papers = { reason: 'subsidised meals', commitment: 'a'.repeat(64) };
  const reply = await post(who, '/v1/requests', { document, papers });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return String(reply.body['id']);
}
const pass = async (who: Name, request: string): Promise<void> => {
  const reply = await post(who, `/v1/requests/${request}/acts`, { act: 'pass' });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
};
/** Whether a person may approve it as the second one: the next fault is that it is not signed. */
async function approve(who: Name, id: string): Promise<unknown> {
  const { rows } = await database.owner.query<{ digest: string }>(
    'SELECT digest FROM policy_document WHERE id = $1',
    [id],
  );
  const body = { digest: rows[0]?.digest ?? '', effect: 'a'.repeat(64) };
  return reported(await post(who, `/v1/policy/documents/${id}/versions/1/approval`, body));
}

test('an agreement from a request is not approved by the person on whose behalf it was requested', async () => {
  const end = await deputy('pia', 'ida', 'education', 'bob');
  const request = await made('ida', 'agr-requested');
  await pass('bob', request);
  await pass('dan', request);
  await end();
  assert.equal(await approve('pia', 'agr-requested'), 'four_eyes');
  assert.equal(await approve('sec', 'agr-requested'), 'policy_signature_missing', 'another person may');
  // the author is bound to the entry of the request
  const set = (author: string): Promise<unknown> =>
    database.owner.query(`UPDATE policy_document SET author = $1 WHERE id = 'agr-requested'`, [author]);
  await set(persons.ann.person);
  assert.equal(await approve('sec', 'agr-requested'), 'made_by_unread');
  await set(persons.ida.person);
});

test('it may be approved by the person whose deputy ended the last stage, as by the deputy', async () => {
  const end = await deputy('dan', 'hal', 'pub-security', 'gil');
  const request = await made('ann', 'agr-decided');
  await pass('bob', request);
  await pass('hal', request);
  await end();
  for (const who of ['dan', 'gil'] as const)
    assert.equal(await approve(who, 'agr-decided'), 'policy_signature_missing', who);
});

test('a version of a schema is not approved by the person on whose behalf it was approved before', async () => {
  const text = readFileSync(new URL('../../schemas/shared/address.json', import.meta.url), 'utf8');
  const { $id: _, properties, ...schema } = JSON.parse(text) as { $id: string; properties: object };
  const version = (minor: number, mark: string): object => {
    const remark = { 'x-title': { zh: '备注', en: 'Remark' }, 'x-sensitivity': mark, 'x-personal': 'none' };
    const added = { remark: { type: ['string', 'null'], maxLength: 50, ...remark } };
    return { ...schema, $id: `${name}:1.${minor}`, properties: { ...properties, ...added } };
  };
  const name = 'urn:datong:school-place';
  assert.equal((await post('ann', '/v1/schemas', { document: version(0, 'L3') })).status, 201);
  const sent = await post('ann', '/v1/schemas', { document: version(1, 'L1') });
  assert.equal(sent.body['state'], 'inReview', JSON.stringify(sent.body));
  const publish = (who: Name): Promise<StaffReply> =>
    post(who, `/v1/schemas/${name}:1.1/decision`, { act: 'publish', digest: sent.body['digest'] });
  const end = await deputy('pia', 'ida', 'education', 'bob');
  assert.equal((await publish('ida')).body['state'], 'inReview');
  await end();
  assert.equal(reported(await publish('pia')), 'four_eyes');
  assert.equal((await publish('sec')).body['state'], 'published');
});
