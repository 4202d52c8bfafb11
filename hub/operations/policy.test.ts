import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLeaf } from '../../log/parseLeaf.ts';
import { leafOf } from '../log/store/storedLeaves.ts';
import {
  activePlans,
  agreement,
  approval,
  approver,
  author,
  bothSigned,
  code,
  hub,
  post,
  signature,
} from '../../tests/policyHub.ts';
import { newYear } from '../../tests/newYear.ts';

describe('an agreement', () => {
  test('is in force only after both departments signed and a second person approved it', async () => {
    const document = agreement();
    const consumerOnly = { document, signatures: [signature(document, 'consumer', 'education')] };
    const first = await post('/v1/policy/documents', consumerOnly);
    assert.deepEqual([first.status, first.body['state']], [201, 'submitted'], JSON.stringify(first.body));
    assert.deepEqual(first.body['missing'], ['pub-security']);
    assert.equal(code(await approval(first)), 'policy_signature_missing');
    const second = await post('/v1/policy/documents', bothSigned(document));
    assert.deepEqual([second.status, second.body['changed'], second.body['missing']], [200, true, undefined]);
    assert.equal(code(await approval(second, author)), 'four_eyes');
    assert.equal((await activePlans()).has('agr-school-enrolment'), false);
    const epoch = hub.services.audit.epoch();
    const done = await approval(second);
    assert.deepEqual([done.status, done.body['state']], [200, 'active']);
    assert.equal(hub.services.audit.epoch(), epoch + 1, 'decisions taken before are taken again');
    assert.equal((await activePlans()).has('agr-school-enrolment'), true);
    const again = await approval(second);
    assert.deepEqual([again.status, again.body['changed']], [200, false]);
  });

  test('leaves an entry that names document, state and parties', async () => {
    const reply = await post('/v1/policy/documents', bothSigned(agreement()));
    const { rows } = await hub.database.app.query<{ leaf: Buffer }>(
      'SELECT leaf FROM audit_entry WHERE id = $1',
      [reply.headers['datong-exchange-id']],
    );
    const leaf = parseLeaf(leafOf(rows[0]?.leaf ?? new Uint8Array()));
    assert.equal(leaf.agreement, 'agr-school-enrolment');
    assert.deepEqual([leaf.provider, leaf.consumer], ['pub-security', 'education']);
    assert.equal(leaf.change?.['digest'], reply.body['digest']);
  });

  test('is refused when its text is another under the same version, or its version is not the next', async () => {
    const other = agreement({ purposes: ['environment-study'] });
    assert.equal(code(await post('/v1/policy/documents', bothSigned(other))), 'version_exists');
    const skipped = agreement({ version: 3 });
    assert.equal(code(await post('/v1/policy/documents', bothSigned(skipped))), 'version_not_next');
  });

  test('is not approved by an unknown digest', async () => {
    const document = agreement({ version: 2 }, { fields: { name: { mask: 'clear' } } });
    const reply = await post('/v1/policy/documents', bothSigned(document));
    const wrong = await approval({ ...reply, body: { ...reply.body, digest: 'a'.repeat(64) } });
    assert.equal(code(wrong), 'version_exists');
    assert.equal((await approval(reply)).status, 200);
    const { rows } = await hub.database.app.query(
      "SELECT version, state FROM policy_document WHERE id = 'agr-school-enrolment' ORDER BY version",
    );
    assert.deepEqual(rows, [
      { version: 1, state: 'superseded' },
      { version: 2, state: 'active' },
    ]);
  });
});

describe('a signature is refused', () => {
  const document = agreement({ id: 'agr-signed' });
  const cases: readonly (readonly [string, () => object])[] = [
    ['by another department', () => signature(document, 'provider', 'education')],
    ['over another text', () => signature(agreement({ id: 'agr-other' }), 'provider', 'pub-security')],
    ['made for something else', () => signature(document, 'provider', 'pub-security', 'enrolment')],
    ['in a role the document does not have', () => signature(document, 'data-office', 'data-office')],
    [
      'with another algorithm named',
      () => {
        const [, payload, bytes] = signature(document, 'provider', 'pub-security').jws.split('.');
        const header = Buffer.from('{"alg":"none"}').toString('base64url');
        return { role: 'provider', jws: `${header}.${payload ?? ''}.${bytes ?? ''}` };
      },
    ],
  ];
  for (const [name, make] of cases) {
    test(name, async () => {
      const reply = await post('/v1/policy/documents', { document, signatures: [make()] });
      assert.deepEqual(
        [reply.status, code(reply)],
        [422, 'policy_signature_invalid'],
        JSON.stringify(reply.body),
      );
    });
  }

  test('by a key that was revoked', async () => {
    const signed = bothSigned(document);
    await hub.database.app.query("UPDATE signing_key SET revoked_at = now() WHERE department = 'education'");
    const reply = await post('/v1/policy/documents', signed);
    await hub.database.app.query('UPDATE signing_key SET revoked_at = NULL');
    assert.equal(code(reply), 'policy_signature_invalid');
  });
});

describe('documents that do not go together', () => {
  test('never come into force, and the refusal names the place', async () => {
    const unknown = agreement({ id: 'agr-unknown' }, { fields: { salary: { mask: 'clear' } } });
    const reply = await post('/v1/policy/documents', bothSigned(unknown));
    assert.deepEqual([reply.status >= 400, code(reply)], [true, 'policy_does_not_compile']);
    assert.ok(JSON.stringify(reply.body['findings']).includes('agr-unknown'));
  });

  test('a dataset that is not shared is granted to no consumer', async () => {
    const secret = agreement({ id: 'agr-secret' }, { dataset: 'pub-security.secret' });
    assert.equal(code(await post('/v1/policy/documents', bothSigned(secret))), 'sharing_refused');
  });

  test('a restriction is the data office’s alone, and a department cannot approve its own wish', async () => {
    const restriction = {
      kind: 'Restriction',
      id: 'res-id-number',
      version: 1,
      when: { semantic: ['cn.resident-id'] },
      floor: { mask: 'idCard', head: 6, tail: 0 },
    };
    const forged = [signature(restriction, 'data-office', 'education')];
    assert.equal(
      code(await post('/v1/policy/documents', { document: restriction, signatures: forged })),
      'policy_signature_invalid',
    );
    const signatures = [signature(restriction, 'data-office', 'data-office')];
    const reply = await post('/v1/policy/documents', { document: restriction, signatures });
    assert.deepEqual([reply.status, reply.body['state']], [201, 'active'], JSON.stringify(reply.body));
    const outsider = await hub.token(['steward'], 'education');
    assert.equal(code(await approval(reply, outsider)), 'not_your_department');
  });
});

test('what two agreements reveal together is shown to the approver, and accepted by its digest', async () => {
  const steps = (id: string, step: number): object =>
    agreement({ id }, { fields: { income: { mask: 'floorTo', step } } });
  const first = await post('/v1/policy/documents', bothSigned(steps('agr-thousands', 1000)));
  assert.equal((await approval(first)).body['state'], 'active');
  const second = await post('/v1/policy/documents', bothSigned(steps('agr-hundreds', 300)));
  const refused = await approval(second, approver, '0'.repeat(64));
  assert.deepEqual([refused.status, code(refused)], [409, 'effect_not_accepted']);
  const reported = JSON.stringify(refused.body);
  assert.match(reported, /floorTo\(step=100\)/);
  assert.match(reported, /agr-thousands@1/);
  const [digest] = /[0-9a-f]{64}/.exec(reported) ?? assert.fail(reported);
  assert.equal(code(await approval(second, undefined, '0'.repeat(64))), 'effect_not_accepted');
  assert.equal((await approval(second, undefined, digest)).body['state'], 'active');
});

describe('an automatic agreement', () => {
  const ask = (more: object = {}) => ({
    automatic: {
      dataset: 'ecology.air-quality-hourly',
      consumer: 'education',
      purpose: 'environment-study',
      valid: { from: newYear(0), until: newYear(3) },
      ...more,
    },
  });

  test('is granted at once on what is shared unconditionally, once a term', async () => {
    const first = await post('/v1/policy/documents', ask());
    assert.deepEqual([first.status, first.body['state']], [201, 'active'], JSON.stringify(first.body));
    assert.equal((await activePlans()).has(String(first.body['id'])), true);
    const again = await post('/v1/policy/documents', ask());
    assert.deepEqual([again.status, again.body['changed'], again.body['version']], [200, false, 1]);
    const valid = { from: newYear(0), until: newYear(2) };
    const renewed = await post('/v1/policy/documents', ask({ valid }));
    assert.deepEqual([renewed.body['version'], renewed.body['state']], [2, 'active']);
    const back = await post('/v1/policy/documents', ask());
    assert.deepEqual(
      [back.status, back.body['version'], back.body['state']],
      [201, 3, 'active'],
      'the term of a version that was superseded',
    );
  });

  test('is not granted on anything else, nor written by anyone but the hub', async () => {
    assert.equal(
      code(await post('/v1/policy/documents', ask({ dataset: 'pub-security.household' }))),
      'sharing_not_unconditional',
    );
    assert.equal(
      code(await post('/v1/policy/documents', ask({ dataset: 'ecology.none' }))),
      'unknown_reference',
    );
    const own = bothSigned(agreement({ id: 'agr-own', automatic: true }));
    assert.equal(code(await post('/v1/policy/documents', own)), 'automatic_by_hub_only');
    const stranger = await hub.token(['steward'], 'pub-security');
    assert.equal(
      code(await post('/v1/policy/documents', ask({ purpose: 'school-enrolment' }), stranger)),
      'not_your_department',
    );
  });
});

test('a suspension holds from the next call on, takes one person, and no approval undoes it', async () => {
  const path = '/v1/policy/documents/agr-school-enrolment/suspension';
  const steward = await hub.token(['steward'], 'pub-security');
  const outsider = await hub.token(['steward'], 'ecology');
  assert.equal(code(await post(path, { reason: 'a complaint' }, outsider)), 'not_your_department');
  const reply = await post(path, { reason: 'a complaint' }, steward);
  assert.deepEqual([reply.status, reply.body['state']], [200, 'suspended']);
  const compiled = (await activePlans()).get('agr-school-enrolment') as { readonly suspended: boolean };
  assert.equal(compiled.suspended, true);
  assert.equal((await post(path, { reason: 'a complaint' }, steward)).body['changed'], false);
  const old = { ...reply, body: { ...reply.body, version: 2 } };
  assert.deepEqual(
    [(await approval(old)).body['state'], (await approval(old)).body['changed']],
    ['suspended', false],
  );
  assert.equal((await post('/v1/policy/documents/agr-none/suspension', { reason: 'none' })).status, 404);
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
