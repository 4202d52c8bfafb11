/** A hub with two departments and their stewards, and what is registered in a catalogue, for tests of the catalogue. One a test file. */
import assert from 'node:assert/strict';
import { acceptAs, staffCall, type StaffReply } from './secondPerson.ts';
import { startStaffHub } from './staffHub.ts';

export const hub = await startStaffHub();
export const operator = await hub.token(['operator']);
/** a steward of the data office */
export const office = await hub.token(['steward']);
export const post = (token: string, path: string, body: object): Promise<StaffReply> =>
  staffCall(hub, token, 'POST', path, body);
for (const [department, zh, en] of [
  ['civil', '民政局', 'Civil Affairs'],
  ['housing', '住房和城乡建设局', 'Housing'],
] as const) {
  const made = await post(operator, '/v1/departments', {
    code: department,
    name: { zh, en },
    kind: 'government',
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
}
export const steward = await hub.token(['steward'], 'civil');
export const second = await hub.token(['steward'], 'civil');
/** a steward of the other department */
export const elsewhere = await hub.token(['steward'], 'housing');

/** A schema of persons with their mobile numbers. */
export const schema = (name: string): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:datong:${name}:1.0`,
  'x-title': { zh: '救助', en: 'Relief' },
  'x-class': 'general',
  'x-primary-key': ['/person_id'],
  type: 'object',
  required: ['person_id'],
  properties: {
    person_id: {
      type: 'string',
      format: 'cn-resident-id',
      maxLength: 18,
      'x-title': { zh: '公民身份号码', en: 'Citizen ID' },
      'x-sensitivity': 'L3',
      'x-personal': 'personal',
      'x-subject-key': 'person',
      'x-semantic': 'cn.resident-id',
    },
    mobile: {
      type: 'string',
      format: 'cn-mobile',
      maxLength: 11,
      'x-title': { zh: '手机号码', en: 'Mobile' },
      'x-sensitivity': 'L3',
      'x-personal': 'personal',
      'x-semantic': 'cn.mobile',
    },
  },
  additionalProperties: false,
});
/** Registers a dataset and its schema; both are new. */
export const dataset = async (
  ...[token, id, name, document = schema(name), sharing = { type: 'conditional', conditions: '法定职责' }]: [
    token: string,
    id: string,
    name: string,
    document?: object,
    sharing?: object,
  ]
): Promise<void> => {
  const put = await post(token, '/v1/schemas', { document });
  assert.equal(put.status, 201, JSON.stringify(put.body));
  const body = {
    id,
    title: { zh: '救助对象', en: 'Relief' },
    schema: `urn:datong:${name}:1.0`,
    mode: 'snapshot',
    sharing,
  };
  assert.equal((await post(token, '/v1/datasets', body)).status, 201);
};

/** An entry of the catalogue as it is proposed. */
export const entry = (id: string, more: object = {}): object => ({
  id,
  title: { zh: '低保救助对象信息', en: 'Recipients of relief' },
  abstract: { zh: '享受最低生活保障的家庭和个人', en: 'households on minimum living allowance' },
  keywords: ['低保'],
  category: '1/12/3',
  sharing: { type: 'conditional', conditions: '法定职责', manner: 'interface' },
  openness: 'closed',
  sourceSystem: '社会救助系统',
  updateFrequency: 'monthly',
  office: '社会救助处',
  contact: '0000-12345',
  dataClass: 'general',
  ...more,
});
/** Proposed by one person, accepted by another. */
export const registered = async (body: object, author = steward, other = second): Promise<StaffReply> => {
  const proposed = await post(author, '/v1/catalogue', body);
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  return acceptAs(hub, other, proposed);
};
/** By which a reply was refused. */
export const code = ({ body }: StaffReply): unknown => body['code'];
