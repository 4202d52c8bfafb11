/** Who read a case: a search of the log by the key of the case, for auditors of its provider and of the data office. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseLeaf } from '../../log/parseLeaf.ts';
import type { components } from '../../api/openapi.ts';
import { testDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';
import { typedDatong } from '../typedDatong.ts';
import { lastLeaf } from './leaves.ts';
import { row, streetCases } from './streetCases.ts';

const database = await testDatabase({ connections: 20 });
const hub = await testHub({ database, jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-case-readers-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const city = await sampleCity(hub);
const { apply, dataset, nextId, push, read } = await streetCases(hub, city);
const [office, provider, contributor] = await Promise.all([
  hub.token('readers office', ['auditor']),
  hub.token('readers provider', ['auditor'], 'ecology'),
  hub.token('readers contributor', ['auditor'], 'education'),
]);
const roads = city.education.client;
const why = { reason: 'a complaint', case: 'XF-2026-7' };
let id = '';

async function search(token: string, subject: object, more: object = {}) {
  const body = { dataset: id, kind: 'release', subject: { dataset: id, ...why, ...subject }, ...more };
  const { status, json } = await hub.staff(token, 'POST', '/v1/log/searches', body);
  const { entries = [] } = json as unknown as Partial<components['schemas']['LogEntries']>;
  const leaves = entries.map(({ leaf }) => parseLeaf(Buffer.from(leaf, 'base64')));
  return { status, code: json['code'], entries, leaves };
}
const one = (name: string) => ({ filter: [{ field: 'case', op: 'eq' as const, value: name }] });

before(async () => {
  id = await dataset();
  await push(id, [
    row('a', 'education', { reporter: 'reader-1' }),
    row('b', 'education', { reporter: 'reader-2' }),
    row('c', 'education', { reporter: 'reader-1' }),
  ]);
});

test('an auditor finds who read a case, with department, purpose and time; its entry names no key', async () => {
  const from = Date.now() - 60_000;
  await read(roads, id, one('a'));
  await read(roads, id, one('b'));
  for (const token of [office, provider]) {
    const { status, leaves } = await search(token, { key: { case: 'a' } });
    assert.equal(status, 200);
    assert.equal(leaves.length, 1);
    const [leaf] = leaves;
    assert.deepEqual(
      [leaf?.consumer, leaf?.purpose, leaf?.onBehalfOf, leaf?.operation],
      ['education', 'environment-study', 'official-1', 'queryDataset'],
    );
    assert.ok(Date.parse(leaf?.at ?? '') > from);
    const searched = await lastLeaf(database);
    assert.deepEqual(
      [searched.operation, searched.change?.['by'], searched.change?.['case']],
      ['searchEntries', 'dataset kind subject', 'XF-2026-7'],
    );
    assert.ok(!/reader-1|"a"/.test(JSON.stringify(searched)));
  }
  const { leaves } = await search(office, { key: { case: 'b' } });
  assert.equal(leaves.length, 1);
});

test('the same entries as by the identifier; readings of another case of the person are among them', async () => {
  await read(roads, id, one('c'));
  const byKey = await search(office, { key: { case: 'a' } });
  const byIdentifier = await search(office, { value: 'reader-1' });
  const indexes = ({ entries }: typeof byKey) => entries.map(({ index }) => index);
  assert.equal(byKey.entries.length, 2);
  assert.deepEqual(indexes(byKey), indexes(byIdentifier));
  const [newest] = byKey.entries;
  const older = await search(office, { key: { case: 'a' } }, { before: newest?.index });
  assert.deepEqual(indexes(older), indexes(byKey).slice(1));
});

test('a search by key has only entries of the dataset of the case, also where no filter names it', async () => {
  const other = await dataset();
  await push(other, [row('a', 'education', { reporter: 'reader-1' })]);
  await read(roads, other, one('a'));
  const datasets = async (subject: object): Promise<readonly unknown[]> =>
    (await search(office, subject, { dataset: undefined })).leaves.map((leaf) => leaf.dataset);
  assert.deepEqual(await datasets({ value: 'reader-1' }), [other, id, id]);
  assert.deepEqual(await datasets({ key: { case: 'a' } }), [id, id]);
  assert.equal((await lastLeaf(database)).dataset, id);
  assert.equal((await search(office, { key: { case: 'a' } }, { dataset: other })).code, 'invalid_request');
});

test('a contributor’s auditor cannot learn from it which cases one person reported', async () => {
  assert.equal((await search(contributor, { key: { case: 'a' } })).code, 'not_the_provider');
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.decision, leaf.code], ['deny', 'not_the_provider']);
});

test('an unknown case, another key, both ways or none, and a dataset without cases are refused', async () => {
  assert.equal((await search(office, { key: { case: 'none' } })).code, 'row_unknown');
  assert.equal((await search(office, { key: { reporter: 'reader-1' } })).code, 'key_unfit');
  assert.equal((await search(office, { key: { case: 'a' }, value: 'reader-1' })).code, 'invalid_request');
  assert.equal((await search(office, {})).code, 'invalid_request');
  assert.equal(
    (await search(office, { dataset: 'ecology.none', key: { case: 'a' } })).code,
    'dataset_unknown',
  );
  const other = { dataset: 'pub-security.household', key: { person_id: '1' } };
  assert.equal((await search(office, other)).code, 'rows_not_changeable');
  const numbered = { key: { case: 'a' }, reason: '11010519491231002X' };
  assert.equal((await search(office, numbered)).code, 'search_identity_number');
});

test('a case that names no person is refused, and not shown as unread', async () => {
  const field = (type: unknown, more: object = {}): object => ({
    type,
    'x-title': { zh: '数据项', en: 'Field' },
    'x-sensitivity': 'L1',
    'x-personal': 'none',
    ...more,
  });
  const urn = 'urn:datong:lamp-case:1.0';
  const lamps = nextId();
  await apply([
    {
      kind: 'Schema',
      document: {
        ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
        'x-title': { zh: '路灯', en: 'Lamps' },
        'x-class': 'general',
        'x-primary-key': ['/lamp'],
        additionalProperties: false,
        required: ['lamp', 'status'],
        properties: {
          lamp: field('string', { maxLength: 20 }),
          status: field('string', { enum: ['open', 'done'] }),
        },
      },
    },
    {
      kind: 'Dataset',
      id: lamps,
      title: { zh: '路灯', en: 'Lamps' },
      schema: urn,
      mode: 'upsert',
      intake: {
        byCall: {},
        cases: {
          state: 'status',
          transitions: [{ id: 'finish', from: 'open', to: 'done', by: ['ecology'] }],
        },
      },
      sharing: { type: 'conditional', conditions: '示例' },
    },
  ]);
  await push(lamps, [{ lamp: 'l-1', status: 'open' }]);
  const { code } = await search(provider, { dataset: lamps, key: { lamp: 'l-1' } });
  assert.equal(code, 'case_subject_missing');
});

test('datong audit search --key', async () => {
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { provider });
  const datong = (...words: readonly string[]) =>
    typedDatong(['audit', 'search', '--as', 'provider', '--dataset', id, ...words], {
      cwd: home,
      env: { DATONG_STATE: state, LANG: 'en_GB.UTF-8' },
    });
  const reasons = ['--reason', 'a complaint', '--case', 'XF-2026-8'];
  const found = await datong('--key', 'case=b', '--kind', 'release', ...reasons);
  assert.equal(found.code, 0, found.stderr);
  assert.match(found.stdout, /education +official-1 .*queryDataset/);
  assert.match(found.stderr, /1 entry/);
  const unexplained = await datong('--key', 'case=b');
  assert.equal(unexplained.code, 2);
  const both = await datong('--key', 'case=b', '--subject', 'child.txt', ...reasons);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /--subject and --key exclude each other/);
});
