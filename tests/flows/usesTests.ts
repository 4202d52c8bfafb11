/** The users of a schema, an element or a code list, by documents in force and requests. Run on the hub of requests.test.ts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { openRequestsNaming } from '../../hub/features/requests/store/openRequestsNaming.ts';
import type { TestDatabase } from '../database.ts';
import type { City, TestHub } from '../hub.ts';

type View = components['schemas']['RequestView'];
type Name = 'ann' | 'dan' | 'cho' | 'fay';

export interface UsesStage {
  readonly hub: TestHub;
  readonly city: City;
  readonly database: TestDatabase;
  /** for files of this test */
  readonly folder: string;
  /** tokens: stewards of the consumer, of the provider, of the data office, of another department */
  readonly person: Readonly<Record<Name, string>>;
  readonly papers: object;
  /** requests fewer fields than `make` does */
  readonly less: (id: string) => object;
  readonly make: (id: string) => Promise<{ readonly view: View }>;
  readonly act: (who: Name, view: View, body: object) => Promise<{ readonly status: number }>;
}

export function usesTests({ hub, city, database, folder, person, papers, less, make, act }: UsesStage): void {
  test('the users of an element or a schema are mappings, agreements, requests and restrictions, each shown to those who may see it', async () => {
    const floor = {
      kind: 'Restriction',
      id: 'rst-names',
      version: 1,
      when: { semantic: ['person.name'] },
      floor: { mask: 'personName' },
    };
    const file = join(folder, 'restriction.yaml');
    writeFileSync(file, JSON.stringify(floor));
    await city.apply(file);
    const { view } = await make('agr-used');
    const uses = async (who: Name, what: string) => {
      const { status, json } = await hub.staff(person[who], 'GET', `/v1/uses/${what}`);
      assert.equal(status, 200);
      const list = json as unknown as components['schemas']['UseList'];
      const use = list.uses.find(({ schema }) => schema === 'urn:datong:household:1.0');
      assert.ok(use, what);
      return { ...list, use };
    };
    for (const who of ['ann', 'dan', 'cho'] as const) {
      const { use, restrictions } = await uses(who, 'element/person.name');
      assert.deepEqual(use.datasets, ['pub-security.household']);
      assert.deepEqual(use.mappings, ['pub-security.household pub-security/household@1']);
      assert.ok(use.requests.includes(view.id), who);
      assert.ok(
        use.agreements.some(({ document, state }) => document === 'agr-granted@1' && state === 'active'),
      );
      const reported = who === 'cho' ? [{ document: 'rst-names@1', state: 'active' }] : [];
      assert.deepEqual(restrictions, reported, 'as documents are listed: to the data office');
    }
    const stranger = await uses('fay', 'element/person.name');
    assert.deepEqual(
      [stranger.use.datasets, stranger.use.mappings, stranger.use.agreements, stranger.use.requests],
      [['pub-security.household'], ['pub-security.household pub-security/household@1'], [], []],
      'of another department’s requests and agreements a stranger is told nothing',
    );
    // by field: the request does not ask for the address
    assert.equal((await uses('dan', 'element/address.full')).use.requests.includes(view.id), false);
    const whole = await uses('dan', 'schema/household');
    assert.deepEqual(
      [whole.use.places, whole.use.requests.includes(view.id)],
      [[], true],
      'of itself, whole',
    );
    await act('ann', view, { act: 'withdraw', reason: 'settled otherwise' });
    assert.equal((await uses('dan', 'element/person.name')).use.requests.includes(view.id), false);
  });

  test('a restriction is shown wherever it bites, by whichever word of its scope', async () => {
    const scopes: Readonly<Record<string, object>> = {
      semantic: { semantic: ['cn.admin-code'] },
      sensitivity: { sensitivity: ['L1'] },
      personal: { personal: ['none'] },
      classification: { classification: ['general'], field: ['region_code'] },
      dataset: { dataset: ['pub-security.household'] },
      elsewhere: { dataset: ['ecology.air-quality-hourly'] },
      field: { field: ['region_code'] },
      under: { purposeUnder: ['school-enrolment'] },
      neither: {
        sensitivity: ['L1'],
        purposeUnder: ['school-enrolment'],
        purposeNotUnder: ['school-enrolment'],
      },
      other: { field: ['birth_date'], personal: ['personal'] },
      together: { semantic: ['cn.admin-code'], sensitivity: ['L1'], field: ['region_code'] },
      apart: { semantic: ['cn.admin-code'], sensitivity: ['L3', 'L4'] },
    };
    const file = join(folder, 'scopes.yaml');
    const documents = Object.entries(scopes).map(([name, when]) =>
      JSON.stringify({
        kind: 'Restriction',
        id: `rst-by-${name}`,
        version: 1,
        when,
        limits: { rowsPerCall: 1000 },
      }),
    );
    writeFileSync(file, documents.join('\n---\n'));
    await city.apply(file);
    const reported = async (who: Name, what: string): Promise<readonly (readonly string[])[]> => {
      const { json } = await hub.staff(person[who], 'GET', `/v1/uses/${what}`);
      const { uses, restrictions = [] } = json as unknown as components['schemas']['UseList'];
      const use = uses.find(({ schema }) => schema === 'urn:datong:household:1.0');
      return [use?.restrictions ?? assert.fail(what), restrictions].map((of) =>
        of.flatMap(({ document }) => /^rst-by-(.*)@1$/.exec(document)?.[1] ?? []),
      );
    };
    // both only with the region's code
    const ofRegion = [
      ...['classification', 'dataset', 'field', 'personal', 'semantic', 'sensitivity', 'together', 'under'],
    ];
    assert.deepEqual(await reported('cho', 'code-list/gbt2260'), [ofRegion, []]);
    assert.deepEqual(await reported('cho', 'element/cn.admin-code'), [
      ofRegion,
      ['apart', 'semantic', 'together'],
    ]);
    assert.deepEqual(await reported('cho', 'element/cn.mobile'), [['dataset', 'under'], []]);
    assert.deepEqual(await reported('cho', 'code-list/gbt2261'), [['dataset', 'sensitivity', 'under'], []]);
    assert.deepEqual(await reported('cho', 'schema/household'), [
      [
        'classification',
        'dataset',
        'field',
        'other',
        'personal',
        'semantic',
        'sensitivity',
        'together',
        'under',
      ],
      [],
    ]);
    assert.deepEqual(await reported('dan', 'schema/household'), [[], []], 'not even to the provider');
  });

  test('open requests are read as they are written by now, of the datasets in question alone, and never more than were asked for', async () => {
    const household = ['pub-security.household'];
    const read = (datasets: readonly string[], departments?: readonly string[], maxRows = 1000) =>
      openRequestsNaming(database.app, datasets, departments, maxRows);
    const { view: first } = await make('agr-read-first');
    const { view: second } = await make('agr-read-second');
    const found = await read(household);
    assert.deepEqual(
      found.slice(0, 2).map(({ id }) => id),
      [second.id, first.id],
    );
    assert.deepEqual(Object.keys(found[0]?.grants[0]?.fields ?? {}).sort(), [
      'birth_date',
      'name',
      'region_code',
    ]);
    assert.deepEqual(
      (await read(household, ['education'], 1)).map(({ id }) => id),
      [second.id],
    );
    assert.deepEqual(await read(household, ['ecology']), []);
    assert.deepEqual(await read(['pub-security.other', 'ecology.air-quality-hourly']), []);
    const missing = [{ item: 'fields', note: 'why the address?' }];
    assert.equal((await act('dan', second, { act: 'return', missing })).status, 200);
    const supplement = { act: 'supplement', papers, document: less('agr-read-second') };
    assert.equal((await act('ann', second, supplement)).status, 200);
    const [now] = await read(household, undefined, 1);
    assert.deepEqual(
      [now?.id, Object.keys(now?.grants[0]?.fields ?? {}).sort()],
      [second.id, ['birth_date', 'name']],
    );
    const uses = async (field: string): Promise<readonly string[]> => {
      const { json } = await hub.staff(person.dan, 'GET', `/v1/uses/element/${field}`);
      return (json as unknown as components['schemas']['UseList']).uses.flatMap(({ requests }) => requests);
    };
    const region = await uses('cn.admin-code');
    assert.deepEqual([region.includes(first.id), region.includes(second.id)], [true, false]);
    for (const view of [first, second])
      await act('ann', view, { act: 'withdraw', reason: 'settled otherwise' });
    const left = (await read(household)).map(({ id }) => id);
    assert.deepEqual([left.includes(first.id), left.includes(second.id)], [false, false], 'closed');
  });
}
