/** The list of the catalogue: in both directions, in its orders, and counted. What words find is in catalogue.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code, elsewhere, entry, hub, registered } from '../../../../tests/catalogueHub.ts';
import { pagedLists } from '../../../../tests/pagedLists.ts';
import { staffCall } from '../../../../tests/secondPerson.ts';

const elsewhereSecond = await hub.token(['steward'], 'housing');
for (const [name, zh] of [
  ['relief', '低保救助对象信息'],
  ['archive', '历史档案'],
  ['marriages', '婚姻登记'],
  ['allowances', '高龄津贴'],
] as const) {
  const { status, body } = await registered(entry(`civil.${name}`, { title: { zh, en: name } }));
  assert.equal(status, 201, JSON.stringify(body));
}
for (const name of ['permits', 'leases']) {
  const own = entry(`housing.${name}`, { title: { zh: '住房', en: name } });
  assert.equal((await registered(own, elsewhere, elsewhereSecond)).status, 201);
}

const { pagedBothWays } = pagedLists(async (token, path) => {
  const { status, body } = await staffCall(hub, token, 'GET', path);
  return { status, json: body };
});
const requested = (q: string): string => `/v1/catalogue?q=${encodeURIComponent(q)}`;
const idsIn = (found: readonly object[]): readonly string[] =>
  (found as readonly { readonly id: string }[]).map(({ id }) => id);

test('without words entries are ordered by id, title or department', async () => {
  const sorts = ['', 'id', '-id', 'title', '-title', 'department', '-department'];
  const all = idsIn(await pagedBothWays(elsewhere, '/v1/catalogue', 'entries', sorts));
  assert.equal(all.length, 6);
  assert.deepEqual(all, all.toSorted());
  const { body } = await staffCall(hub, elsewhere, 'GET', '/v1/catalogue?sort=title');
  assert.deepEqual(
    idsIn(body['entries'] as object[]),
    [
      'civil.relief',
      'civil.allowances',
      'civil.marriages',
      'civil.archive',
      'housing.leases',
      'housing.permits',
    ],
    'by sound: dī, gāo, hūn, lì, zhù',
  );
});

test('entries that match words are in the order of the match, and in no other', async () => {
  const matches = idsIn(await pagedBothWays(elsewhere, requested('低保'), 'entries', ['']));
  assert.equal(matches[0], 'civil.relief', 'in the title');
  assert.equal(matches.length, 6, 'among the keywords of all');
  const reply = await staffCall(hub, elsewhere, 'GET', `${requested('低保')}&sort=title`);
  assert.equal(code(reply), 'invalid_request');
  assert.deepEqual(
    (reply.body['findings'] as { pointer: string }[]).map(({ pointer }) => pointer),
    ['/query/sort'],
  );
  const nothing = await staffCall(hub, elsewhere, 'GET', `${requested('%')}&total=true`);
  assert.deepEqual([nothing.body['entries'], nothing.body['total']], [[], { count: 0, more: false }]);
});
