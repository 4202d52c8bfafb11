/** Versions of a code list count from their day on, in every process, and can be withdrawn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newYear } from '../../tests/newYear.ts';
import { acceptAs, registerTogether, staffCall, type StaffReply } from '../../tests/secondPerson.ts';
import { startStaffHub } from '../../tests/staffHub.ts';
import { openRegistry } from '../registry/registry.ts';
import type { Database } from '../platform/database/database.ts';

const hub = await startStaffHub();
const author = await hub.token(['operator', 'steward']);
const second = await hub.token(['security']);
const post = (path: string, body: object): Promise<StaffReply> => staffCall(hub, author, 'POST', path, body);
const register = (path: string, body: object): Promise<StaffReply> =>
  registerTogether(hub, { author, second }, path, body);
const code = ({ body }: StaffReply): unknown => body['code'];

/** A day so many years from this one: no version's day has come yet. */
const dayIn = (years: number, day: string): string => `${newYear(years).slice(0, 4)}-${day}`;

const list = (version: string, from: string, codes: readonly string[], more: object = {}): object => ({
  id: 'paint',
  version,
  from,
  title: { zh: '颜色', en: 'colours' },
  entries: codes.map((one) => ({ code: one, zh: one })),
  ...more,
});
const schema = (minor: number, reference: object): object => ({
  document: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:wall-${minor}:1.0`,
    'x-title': { zh: '墙', en: 'Wall' },
    type: 'object',
    properties: {
      colour: {
        'x-title': { zh: '颜色', en: 'Colour' },
        'x-sensitivity': 'L1',
        type: 'string',
        'x-code': { list: 'urn:datong:code:paint', ...reference },
      },
    },
    additionalProperties: false,
  },
});
const withdrawal = (version: string): Promise<StaffReply> =>
  post(`/v1/code-lists/paint/versions/${version}/withdrawal`, { reason: '错发' });

/** A process of the hub whose clock this test sets. */
async function processAt(day: string): Promise<{
  readonly set: (next: string) => void;
  readonly newest: () => Promise<string | undefined>;
  readonly accepts: (dataset: string, colour: string) => boolean | undefined;
}> {
  const at = (text: string): number => Date.parse(`${text}T12:00:00+08:00`);
  let now = at(day);
  const database = Object.create(hub.database, { now: { value: () => now } }) as Database;
  const registry = await openRegistry({ database, audit: hub.services.audit });
  return {
    set: (next) => {
      now = at(next);
    },
    newest: async () => {
      await registry.refresh();
      return registry.current.surroundings.codeLists.list('paint')?.version;
    },
    accepts: (dataset, colour) => registry.current.datasets.get(dataset)?.compiled.check({ colour }),
  };
}

test('a version counts from its day on, in a process that was never restarted; schemas pin one or take the newest', async () => {
  assert.equal((await register('/v1/code-lists', list('9999', '2020-01-01', ['red']))).status, 201);
  await post('/v1/departments', { code: 'works', name: { zh: '住建局', en: 'Works' }, kind: 'government' });
  for (const [minor, reference] of [
    [1, {}],
    [2, { version: '9999' }],
  ] as const) {
    assert.equal((await post('/v1/schemas', schema(minor, reference))).status, 201);
    await post('/v1/datasets', {
      id: `works.wall-${minor}`,
      title: { zh: '墙', en: 'walls' },
      schema: `urn:datong:wall-${minor}:1.0`,
      mode: 'snapshot',
      sharing: { type: 'none' },
    });
  }
  const running = await processAt(dayIn(4, '05-31'));
  assert.equal((await register('/v1/code-lists', list('2', dayIn(4, '06-01'), ['green']))).status, 201);
  assert.equal(await running.newest(), '9999');
  running.set(dayIn(4, '06-01'));
  assert.equal(await running.newest(), '2', 'whatever it is called, the later day counts');
  assert.deepEqual(
    [running.accepts('works.wall-1', 'green'), running.accepts('works.wall-1', 'red')],
    [true, false],
  );
  assert.deepEqual(
    [running.accepts('works.wall-2', 'green'), running.accepts('works.wall-2', 'red')],
    [false, true],
    'the pinned one',
  );
});

test('two versions of one day are refused: neither would be the newer', async () => {
  assert.equal(code(await post('/v1/code-lists', list('3', '2020-01-01', ['blue']))), 'code_list_day_taken');
});

test('a version is withdrawn by two persons, with a reason; then the one before counts', async () => {
  const running = await processAt(dayIn(5, '01-01'));
  assert.equal(await running.newest(), '2');
  const proposed = await withdrawal('2');
  assert.equal(proposed.status, 202);
  assert.equal(await running.newest(), '2', 'not before a second person accepts');
  assert.equal((await acceptAs(hub, second, proposed)).body['changed'], true);
  assert.equal(await running.newest(), '9999');
  assert.equal((await withdrawal('2')).body['changed'], false);
  assert.equal(code(await post('/v1/code-lists', list('2', dayIn(4, '06-01'), ['green']))), 'version_exists');
});

test('a code that something depends on is not withdrawn, and the dependents are named', async () => {
  const refused = await withdrawal('9999');
  assert.equal(code(refused), 'code_list_unfit');
  const places = (refused.body['findings'] as { at: string }[]).map(({ at }) => at);
  assert.ok(
    places.some((at) => at.startsWith('urn:datong:wall-2:1.0#')),
    String(places),
  );
});

test('a version without a code empties no list', async () => {
  const emptied = await post('/v1/code-lists', list('4', dayIn(6, '01-01'), []));
  const [{ pointer } = { pointer: '' }] = emptied.body['findings'] as { pointer: string }[];
  assert.deepEqual([emptied.status, code(emptied), pointer], [400, 'invalid_request', '/body/entries']);
  const running = await processAt(dayIn(6, '01-02'));
  assert.equal(await running.newest(), '9999');
});

test('a version whose codes have terms is refused while a schema does not say as of when', async () => {
  const termed = { entries: [{ code: 'red', zh: '红', to: '2026-12-31' }] };
  const refused = await post('/v1/code-lists', list('4', dayIn(6, '01-01'), [], termed));
  assert.equal(code(refused), 'code_list_unfit');
  const [finding] = refused.body['findings'] as { code: string; day: string }[];
  assert.deepEqual([finding?.code, finding?.day], ['code_terms_unasked', dayIn(6, '01-01')]);
});

test('a schema that names such a list and no day is not registered', async () => {
  const divisions = { list: 'urn:datong:code:gbt2260' };
  const refused = await post('/v1/schemas', schema(5, divisions));
  const findings = refused.body['findings'] as { code: string }[];
  assert.deepEqual(
    [code(refused), findings.map((one) => one.code)],
    ['schema_invalid', ['code_terms_unasked']],
  );
  assert.equal((await post('/v1/schemas', schema(5, { ...divisions, ever: true }))).status, 201);
});

test('what is registered after a coming version is compared with it too', async () => {
  const sizes = (version: string, from: string, more: object): object => ({
    ...list(version, from, [], more),
    id: 'sizes',
  });
  const plain = {
    entries: [
      { code: 'S', zh: '小' },
      { code: 'L', zh: '大' },
    ],
  };
  assert.equal((await register('/v1/code-lists', sizes('1', '2020-01-01', plain))).status, 201);
  const termed = { entries: [{ code: 'S', zh: '小', to: '2026-12-31' }] };
  assert.equal((await register('/v1/code-lists', sizes('2', dayIn(7, '01-01'), termed))).status, 201);
  const naming = { list: 'urn:datong:code:sizes' };
  const refused = await post('/v1/schemas', schema(6, naming));
  const [finding] = refused.body['findings'] as { code: string; day: string; path: string }[];
  assert.deepEqual(
    [code(refused), finding?.code, finding?.day, finding?.path],
    ['code_list_ahead', 'code_terms_unasked', dayIn(7, '01-01'), '/properties/colour/x-code'],
  );
  assert.equal((await post('/v1/schemas', schema(6, { ...naming, version: '1' }))).status, 201);
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
