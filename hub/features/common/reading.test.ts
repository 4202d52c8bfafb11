/** What is registered is read on both listeners, each caller as far as permitted: lists, one by one, page by page. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DatongClient } from '../../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../../clients/sdk/datongProblem.ts';
import { answerFault, operationAt } from '../../../tests/contractAnswers.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { certificatesEnding, newestCertificates } from '../../identity/store/certificates.ts';
import { cityHub } from '../../../tests/cityHub.ts';

const {
  hub,
  city: { operator, education, ecology, publicSecurity },
} = await cityHub();
const ofEducation = await hub.token('刘老师', ['steward'], 'education');
const ofEcology = await hub.token('陈工', ['auditor'], 'ecology');

type Items = readonly Readonly<Record<string, unknown>>[];

async function byStaff(path: string, token = operator): Promise<Record<string, unknown>> {
  const { status, json } = await hub.staff(token, 'GET', path);
  assert.equal(answerFault(operationAt('GET', path), status, json), '', path);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}

async function byDepartment(path: string, client: DatongClient): Promise<Record<string, unknown>> {
  const { json } = await client.call({ method: 'GET', path, receipt: 'required' });
  assert.equal(answerFault(operationAt('GET', path), 200, json), '', path);
  return json as Record<string, unknown>;
}

const idsOf = (answer: Record<string, unknown>, member: string, name: string): unknown[] =>
  (answer[member] as Items).map((item) => item[name]);

describe('what every caller may know', () => {
  for (const [path, member, name, expected] of [
    ['/v1/departments', 'departments', 'code', 'pub-security'],
    ['/v1/purposes', 'purposes', 'code', 'school-enrolment'],
    ['/v1/schemas', 'schemas', 'urn', 'urn:datong:household:1.0'],
    ['/v1/datasets', 'datasets', 'id', 'pub-security.household'],
    ['/v1/code-lists', 'codeLists', 'version', undefined],
  ] as const) {
    test(`${path} is the same for a department, its staff and the data office`, async () => {
      // the end of a certificate is shown to any caller who may read it
      const known = (answer: Record<string, unknown>): Items =>
        (answer[member] as Items).map(({ certificate: _, ...item }) => item);
      const office = await byStaff(path);
      assert.deepEqual(known(await byStaff(path, ofEcology)), known(office));
      assert.deepEqual(known(await byDepartment(path, education.client)), known(office));
      const ids = idsOf(office, member, name);
      assert.ok(expected === undefined ? ids.length > 0 : ids.includes(expected), ids.join());
    });
  }

  test('a dataset is shown with its mappings, a schema with its text and the parties bound to it', async () => {
    const { dataset, mappings } = await byDepartment('/v1/datasets/pub-security.household', ecology.client);
    const { title, department, schema } = dataset as Record<string, unknown>;
    assert.deepEqual(
      [title, department, (mappings as Items)[0]?.['version']],
      [(dataset as { title: unknown }).title, 'pub-security', 1],
    );
    const text = await byStaff(`/v1/schemas/${String(schema)}`, ofEcology);
    assert.equal((text['document'] as Record<string, unknown>)['$id'], schema);
    assert.deepEqual(text['datasets'], ['pub-security.household']);
    const none = await hub.staff(operator, 'GET', '/v1/datasets/pub-security.nothing');
    assert.deepEqual([none.status, none.json['code']], [404, 'dataset_unknown']);
  });
});

test('a list of named datasets leaves out those that are not registered', async () => {
  const named = async (ids: string): Promise<unknown> =>
    idsOf(await byStaff(`/v1/datasets?ids=${ids}`, ofEcology), 'datasets', 'id');
  assert.deepEqual(await named('natural-resources.none,pub-security.household'), ['pub-security.household']);
  assert.deepEqual(await named('natural-resources.none'), []);
  const id = 'pub-security.household';
  for (const wrong of ['', `${id},`, `${id}, ${id}`, Array.from({ length: 51 }, () => id).join()]) {
    const { status, json } = await hub.staff(
      operator,
      'GET',
      `/v1/datasets?ids=${encodeURIComponent(wrong)}`,
    );
    assert.deepEqual([status, json['code']], [400, 'invalid_request'], wrong);
  }
});

describe('an agreement', () => {
  const path = '/v1/policy/documents?kind=Agreement';
  const ids = async (token: string): Promise<unknown[]> =>
    idsOf(await byStaff(path, token), 'documents', 'id');

  test('is listed for its parties and for the data office only', async () => {
    assert.ok((await ids(operator)).includes('agr-school-enrolment'));
    assert.ok((await ids(ofEducation)).includes('agr-school-enrolment'));
    assert.equal((await ids(ofEcology)).includes('agr-school-enrolment'), false);
    const own = await byDepartment(path, ecology.client);
    assert.equal(idsOf(own, 'documents', 'id').includes('agr-school-enrolment'), false);
    const requested = await byDepartment(`${path}&provider=pub-security`, ecology.client);
    assert.deepEqual(requested, { documents: [] }, 'asking for another department’s tells nothing');
  });

  test('shows what it grants, since when, and who wrote and approved it', async () => {
    const { documents } = await byStaff(`${path}&dataset=pub-security.household`, ofEducation);
    const [found, ...more] = documents as Items;
    assert.equal(more.length, 0);
    assert.deepEqual(
      [found?.['provider'], found?.['consumer'], found?.['state'], found?.['datasets'], found?.['signed']],
      ['pub-security', 'education', 'active', ['pub-security.household'], ['education', 'pub-security']],
    );
    assert.deepEqual(
      [
        (found?.['author'] as Record<string, unknown>)['name'],
        (found?.['approver'] as Record<string, unknown>)['name'],
      ],
      ['operator', 'security'],
    );
  });
});

describe('submissions and certificates', () => {
  test('are shown to their own department and to the data office', async () => {
    const opened = await publicSecurity.client.call({
      method: 'POST',
      path: '/v1/datasets/pub-security.household/batches',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ fileName: '户籍.csv' })),
      receipt: 'required',
    });
    const { batch } = opened.json as { batch: string };
    const [listed] = (await byDepartment('/v1/batches', publicSecurity.client))['batches'] as Items;
    assert.deepEqual(
      [listed?.['batch'], listed?.['fileName'], listed?.['state'], listed?.['department']],
      [batch, '户籍.csv', 'receiving', 'pub-security'],
    );
    assert.deepEqual(await byDepartment('/v1/batches', education.client), { batches: [] });
    assert.deepEqual(await byStaff('/v1/batches?department=pub-security', ofEducation), { batches: [] });
    assert.deepEqual(idsOf(await byStaff('/v1/batches?state=receiving'), 'batches', 'batch'), [batch]);
    assert.equal((await byStaff(`/v1/batches/${batch}`))['fileName'], '户籍.csv');
    const hidden = await hub.staff(ofEducation, 'GET', `/v1/batches/${batch}`);
    assert.deepEqual([hidden.status, hidden.json['code']], [404, 'batch_unknown']);
  });

  test('the end of a department’s is shown next to its name only to callers who may read it', async () => {
    const reported = (answer: Record<string, unknown>): unknown[] =>
      (answer['departments'] as Items)
        .filter(({ certificate }) => certificate !== undefined)
        .map(({ code }) => code);
    assert.deepEqual(reported(await byDepartment('/v1/departments', education.client)), ['education']);
    assert.deepEqual(reported(await byStaff('/v1/departments', ofEducation)), ['education']);
    assert.ok(reported(await byStaff('/v1/departments')).includes('pub-security'));
  });

  test('of a department the certificate counts that lasts longest and is not revoked', async () => {
    const day = 86_400_000;
    const now = Date.now();
    await assert.rejects(
      withTransaction(hub.hub.database.app, async (client) => {
        const others = { longer: 'NULL, NULL', revoked: `now(), 'superseded'`, shorter: 'NULL, NULL' };
        for (const [serial, revoked] of Object.entries(others))
          await client.query(
            `INSERT INTO certificate (serial, department, public_key, pem, not_before, not_after, enrolment, issued_by, revoked_at, reason)
             SELECT $1, department, $1, pem, not_before, not_after + $2 * interval '1 day', enrolment, issued_by, ${revoked}
               FROM certificate WHERE serial = $3`,
            [serial, { longer: 60, revoked: 90, shorter: -5 }[serial], education.serial],
          );
        const newest = await newestCertificates(client, ['education', 'education', 'nobody'], now);
        assert.deepEqual(
          [...newest].map(([code, { serial }]) => [code, serial]),
          [['education', 'longer']],
        );
        const ending = async (days: number): Promise<string[]> =>
          (await certificatesEnding(client, { from: now, before: now + days * day })).map(
            (one) => one.department,
          );
        assert.deepEqual((await ending(40)).sort(), ['ecology', 'pub-security']);
        assert.deepEqual((await ending(100)).at(-1), 'education', 'the one that ends last comes last');
        assert.deepEqual(await ending(7), []);
        throw new Error('undone');
      }),
      /^Error: undone$/,
    );
  });

  test('a certificate is shown with its validity and the day from which it can be renewed', async () => {
    const { certificates } = await byDepartment('/v1/certificates', education.client);
    const [own, ...more] = certificates as Items;
    assert.deepEqual([own?.['serial'], own?.['state'], more.length], [education.serial, 'valid', 0]);
    assert.ok(Date.parse(String(own?.['renewFrom'])) < Date.parse(String(own?.['notAfter'])));
    assert.equal(own?.['daysLeft'], 29);
    const all = idsOf(await byStaff('/v1/certificates?state=valid'), 'certificates', 'department');
    assert.deepEqual([...all].sort(), ['ecology', 'education', 'pub-security']);
    assert.deepEqual(await byStaff('/v1/certificates?state=revoked'), { certificates: [] });
  });
});

describe('a long list', () => {
  for (const [path, member, name] of [
    ['/v1/departments', 'departments', 'code'],
    ['/v1/code-lists', 'codeLists', 'id'],
    ['/v1/schemas', 'schemas', 'urn'],
    ['/v1/purposes', 'purposes', 'code'],
    ['/v1/policy/documents', 'documents', 'id'],
    ['/v1/certificates', 'certificates', 'serial'],
  ] as const) {
    test(`${path} comes page by page, whole and without repetition`, async () => {
      const whole = idsOf(await byStaff(path), member, name);
      const paged: unknown[] = [];
      let rest: string | undefined = '';
      while (rest !== undefined) {
        const page = await byStaff(`${path}?limit=1${rest}`);
        paged.push(...idsOf(page, member, name));
        const { nextCursor: next } = page as { nextCursor?: string };
        rest = next === undefined ? undefined : `&cursor=${next}`;
      }
      assert.deepEqual(paged, whole);
    });
  }

  test('refuses a cursor that is no place in it', async () => {
    for (const text of ["x' OR 1=1", 'agr-x@99999999999', '']) {
      const cursor = Buffer.from(text).toString('base64url');
      const { status } = await hub.staff(operator, 'GET', `/v1/policy/documents?cursor=${cursor}`);
      assert.equal(status, 400, text);
    }
    const error = await ecology.client
      .call({ method: 'GET', path: '/v1/batches?limit=201', receipt: 'optional' })
      .catch((problem: unknown) => problem);
    assert.ok(error instanceof DatongProblem);
    assert.equal(error.code, 'invalid_request');
  });
});
