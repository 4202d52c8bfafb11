/** One question over several kinds: each kind shows what its list would show to the same person, and nothing else. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { components } from '../../../../api/openapi.ts';
import { householdFile } from '../../../../clients/cli/demo/files/householdFile.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

type Group = components['schemas']['SearchGroup'];

const { hub, city } = await cityHub({ jobsByTime: false });
after(() => hub.stop());

const officer = await hub.token('office officer', ['security']);
const teacher = await hub.token('Wang Teacher', ['steward'], 'education');
const ecologist = await hub.token('ecologist', ['steward'], 'ecology');
const clerk = await hub.token('clerk', ['clerk'], 'education');

async function found(
  q: string,
  by: string,
): Promise<Readonly<Partial<Record<Group['kind'], readonly string[]>>>> {
  const { status, json } = await hub.staff(by, 'GET', `/v1/search?q=${encodeURIComponent(q)}`);
  assert.equal(status, 200, JSON.stringify(json));
  return Object.fromEntries(
    (json['groups'] as Group[]).map(({ kind, hits }) => [kind, hits.map(({ id, name }) => name ?? id)]),
  );
}

test('a dataset is found by id, title, pinyin and field, by every role', async () => {
  const { json } = await hub.staff(officer, 'GET', '/v1/datasets');
  const [{ id, title }] = json['datasets'] as [{ id: string; title: { zh: string } }];
  for (const by of [officer, teacher, clerk]) {
    assert.ok((await found(id, by)).dataset?.includes(id), id);
    assert.ok((await found(title.zh, by)).dataset?.includes(id), title.zh);
  }
  assert.ok((await found('公民身份号码', clerk)).dataset !== undefined);
  assert.deepEqual(await found('没有这样的东西', officer), {});
  assert.deepEqual(await found('   ', officer), {});
});

test('agreements are found by their parties and the data office alone, and by no clerk', async () => {
  const listed = await hub.staff(officer, 'GET', '/v1/policy/documents?kind=Agreement&consumer=education');
  const [{ id, version }] = listed.json['documents'] as [{ id: string; version: number }];
  const name = `${id}@${version}`;
  assert.ok((await found(id, officer)).agreement?.includes(name));
  assert.ok((await found(id, teacher)).agreement?.includes(name));
  assert.equal((await found(id, ecologist)).agreement, undefined);
  assert.equal((await found(id, clerk)).agreement, undefined);
  assert.ok((await found('教育', officer)).agreement?.includes(name), 'by the name of a party');
});

test('a batch is found by its whole id, within the reach of its list', async () => {
  const { bytes } = householdFile(1500, 12);
  const { json } = await city.publicSecurity.client.sendFile('pub-security.household', bytes, {
    mapping: 'household',
  });
  const id = json['batch'];
  const owner = await hub.token('batch owner', ['clerk'], 'pub-security');
  for (const by of [officer, owner]) assert.deepEqual((await found(` ${id.toUpperCase()} `, by)).batch, [id]);
  assert.equal((await found(id, teacher)).batch, undefined, 'of another department');
  assert.equal((await found(id.slice(0, 8), officer)).batch, undefined);
});

test('persons are found by name, role and department, within the reach of their list', async () => {
  assert.deepEqual((await found('wang teacher', officer)).person, ['Wang Teacher']);
  assert.ok(
    (await found('数据管理员', officer)).person?.includes('Wang Teacher'),
    'by the title of the role',
  );
  assert.deepEqual((await found('steward education', officer)).person, ['Wang Teacher']);
  assert.deepEqual((await found('Wang', teacher)).person, ['Wang Teacher']);
  assert.equal((await found('Wang', ecologist)).person, undefined);
  assert.equal((await found('Wang', clerk)).person, undefined);
});

test('a word with signs of SQL or LIKE is a word', async () => {
  for (const q of ['"', '{', 'zh', ','] as const) {
    const { request, agreement } = await found(q, officer);
    assert.deepEqual([request, agreement], [undefined, undefined], `${q} is no part of a title`);
  }
  for (const q of ["' OR 1=1 --", '%', '_', '\\', '" ; DROP TABLE ticket'])
    for (const by of [officer, teacher]) {
      const { request, ticket, dispute, agreement } = await found(q, by);
      assert.deepEqual(
        [request, ticket, dispute, agreement],
        [undefined, undefined, undefined, undefined],
        q,
      );
    }
  const { status } = await hub.staff(officer, 'GET', `/v1/search?q=${'a'.repeat(101)}`);
  assert.equal(status, 400);
  assert.equal((await hub.staff(officer, 'GET', '/v1/search')).status, 400);
});

test('each word of a question is compared', async () => {
  const q = 'wang teacher wang teacher steward education 教育';
  assert.deepEqual((await found(q, officer)).person, ['Wang Teacher']);
  assert.equal((await found('wang teacher w t e a nobody', officer)).person, undefined);
});

test('what a search shows of persons has an entry', async () => {
  const before = hub.hub.audit.size();
  await found('wang', officer);
  assert.equal(hub.hub.audit.size(), before + 1);
});

test('at most six hits of a kind are shown, and the answer states that there are more', async () => {
  for (let nth = 0; nth < 8; nth += 1) await hub.token(`sevenfold ${nth}`, ['auditor']);
  const { json } = await hub.staff(officer, 'GET', '/v1/search?q=sevenfold');
  const [persons] = json['groups'] as Group[];
  assert.deepEqual([persons?.kind, persons?.hits.length, persons?.more], ['person', 6, true]);
});
