/** Mandates that were edited in the database past the hub, whose key is gone or whose holder is a deputy: no signature uses them, and nothing comes into force by them. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { signJws } from '../../../../certs/jws.ts';
import { mandateText, mandateType } from '../../../../certs/mandates/mandate.ts';
import { signingKey } from '../../../../certs/signatures/index.ts';
import { newKeyPair } from '../../../../machine/newKeyPair.ts';
import {
  mandateFor,
  holderOf,
  refusedBecause,
  signBy,
  signedMandate,
  type Holder,
} from '../../../../tests/mandated.ts';
import {
  agreement,
  approval,
  hub,
  keyOf,
  post,
  signature,
  view,
  type Reply,
} from '../../../../tests/policyHub.ts';
import { acceptAs, staffCall } from '../../../../tests/secondPerson.ts';
import { mandateById } from '../../../identity/store/mandates.ts';
import { insertSigningKey, revokeSigningKeys } from '../../../identity/store/signingKeys.ts';
import { stateOf } from './mandates.ts';
import { openRegistry } from '../../../registry/registry.ts';

const provider = await holderOf(hub, '提供甲', [{ role: 'steward', department: 'pub-security' }]);
const colleague = await holderOf(hub, '提供乙', [{ role: 'steward', department: 'pub-security' }]);
const now = (): number => hub.database.now();

const given = (holder: Holder, more: object = {}): Promise<Reply> => {
  const mandate = signedMandate(mandateFor(holder, 'pub-security', now(), more), keyOf('pub-security'));
  return post('/v1/mandates', { mandate }, colleague.token);
};
const revoke = (reply: Reply): Promise<Reply> =>
  post(`/v1/mandates/${String(reply.body['id'])}/revocation`, { reason: '岗位调整' }, colleague.token);
async function statesOf({ person }: Holder): Promise<string[]> {
  const path = `/v1/mandates?person=${person}&limit=50`;
  const { body } = await staffCall(hub, colleague.token, 'GET', path);
  return (body['mandates'] as { state: string }[]).map(({ state }) => state).sort();
}

/** Waits for the provider; the consumer has signed by its key. */
async function waiting(
  id: string,
): Promise<{ readonly id: string; readonly version: number; readonly reply: Reply }> {
  const document = agreement({ id });
  const signatures = [signature(document, 'consumer', 'education')];
  const reply = await post('/v1/policy/documents', { document, signatures });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return { id, version: 1, reply };
}

test('a mandate ends with its term, and is listed as revoked once it was', async () => {
  const holder = await holderOf(hub, '将离任', [{ role: 'steward', department: 'pub-security' }]);
  const short = await given(holder);
  const row = await mandateById(hub.database.app, String(short.body['id']));
  assert.ok(row);
  const later = now() + 400 * 86_400_000;
  assert.equal(stateOf({ ...row, altered: false }, later, hub.services.identity), 'expired');
  assert.equal((await revoke(short)).status, 200);
  assert.deepEqual(await statesOf(holder), ['revoked']);
  const document = await waiting('agr-ended');
  refusedBecause(await signBy(hub, holder, document), 'mandate_refused', /is revoked/);
});

test('the inbox shows the person whom a mandate names that they may sign, and shows it to no other', async () => {
  const consumer = await holderOf(hub, '需求甲', [{ role: 'steward', department: 'education' }]);
  const another = await holderOf(hub, '需求乙', [{ role: 'steward', department: 'education' }]);
  const document = agreement({ id: 'agr-inbox-signs' });
  const body = { document, signatures: [signature(document, 'provider', 'pub-security')] };
  const reply = await post('/v1/policy/documents', body);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  const waits = async ({ token }: Holder) => {
    const { body: inbox } = await staffCall(hub, token, 'GET', '/v1/inbox');
    return (inbox['documents'] as { id: string; signable?: object[]; signOnly?: true }[]).filter(
      ({ id }) => id === 'agr-inbox-signs',
    );
  };
  assert.deepEqual(await waits(consumer), []);
  const mandate = signedMandate(
    mandateFor(consumer, 'education', now(), { role: 'consumer' }),
    keyOf('education'),
  );
  const handed = await post('/v1/mandates', { mandate }, another.token);
  assert.equal(handed.status, 201, JSON.stringify(handed.body));
  const [reported] = await waits(consumer);
  assert.deepEqual(
    [reported?.signable, reported?.signOnly],
    [[{ role: 'consumer', department: 'education', mandate: handed.body['id'] }], true],
  );
  assert.deepEqual(await waits(another), [], 'without a mandate');
  assert.deepEqual(
    (await waits(provider)).map(({ signable }) => signable),
    [undefined],
    'who approves',
  );
  const signed = await signBy(hub, consumer, { id: 'agr-inbox-signs', version: 1 });
  assert.equal(signed.status, 200, JSON.stringify(signed.body));
  assert.deepEqual(await waits(consumer), [], 'the steward has signed');
});

describe('a mandate edited in the database', () => {
  const edit = (sql: string, ...values: unknown[]) => hub.database.owner.query(sql, values);

  test('is reported as altered, and no signature uses it; restored, it counts again', async () => {
    const victim = await holderOf(hub, '受授权人', [{ role: 'steward', department: 'pub-security' }]);
    const mandate = await given(victim, { datasets: ['pub-security.household'] });
    const id = String(mandate.body['id']);
    const other = await given(provider, { datasets: ['pub-security.household'] });
    const document = await waiting('agr-altered');
    const wider = signedMandate(mandateFor(victim, 'pub-security', now()), keyOf('pub-security'));
    const { rows } = await edit('SELECT * FROM mandate WHERE id = $1', id);
    const [was] = rows as Record<string, unknown>[];
    assert.ok(was);
    const entries = await edit('SELECT exchange FROM mandate WHERE id = $1', other.body['id']);
    const [{ exchange } = { exchange: '' }] = entries.rows as { exchange: string }[];
    const edits: readonly (readonly [string, unknown])[] = [
      ['jws', wider],
      ['jws', `${String(was['jws']).slice(0, -8)}AAAAAAAA`],
      ['jws', 'nothing'],
      ['person', provider.person],
      ['given_by', provider.person],
      ['exchange', exchange],
    ];
    for (const [column, value] of edits) {
      await edit(`UPDATE mandate SET ${column} = $2 WHERE id = $1`, id, value);
      const shown = await staffCall(hub, colleague.token, 'GET', `/v1/mandates/${id}`);
      assert.deepEqual([shown.status, shown.body['state']], [200, 'altered'], column);
      assert.equal((await view(document.reply, victim.token))['signable'], undefined, column);
      if (column !== 'person')
        refusedBecause(await signBy(hub, victim, document), 'mandate_refused', /not what was signed/);
      await edit(`UPDATE mandate SET ${column} = $2 WHERE id = $1`, id, was[column]);
    }
    const signed = await signBy(hub, victim, document);
    assert.equal(signed.status, 200, JSON.stringify(signed.body));
    // signed under it, and altered before it comes into force
    await edit('UPDATE mandate SET given_by = $2 WHERE id = $1', id, provider.person);
    refusedBecause(await approval(document.reply), 'mandate_refused', /not what was signed/);
    await edit('UPDATE mandate SET given_by = $2 WHERE id = $1', id, was['given_by']);
    assert.equal((await approval(document.reply)).status, 200);
    assert.equal((await revoke(mandate)).status, 200);
    assert.equal((await revoke(other)).status, 200);
  });

  test('stays revoked when its revocation is taken out of the table', async () => {
    const victim = await holderOf(hub, '被撤销人', [{ role: 'steward', department: 'pub-security' }]);
    const mandate = await given(victim);
    const document = await waiting('agr-revoked');
    assert.equal((await signBy(hub, victim, document)).status, 200);
    assert.equal((await revoke(mandate)).status, 200);
    await edit('DELETE FROM mandate_revocation WHERE mandate = $1', mandate.body['id']);
    assert.deepEqual(await statesOf(victim), ['revoked']);
    refusedBecause(await approval(document.reply), 'mandate_refused', /is revoked/);
    const { current } = await openRegistry({ database: hub.database, audit: hub.services.audit });
    assert.ok(current.witnessed.revoked.has(String(mandate.body['id'])), 'after a restart, too');
  });
});

test('what was signed by mandate does not come into force once the key that signed the mandate is revoked', async () => {
  const pair = newKeyPair();
  const key = signingKey(pair.privateKey);
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const enrolment = randomUUID();
  const row = { keyid: key.keyid, department: 'pub-security', alg: key.alg, publicKey, notBefore: 0 };
  let moves = 0;
  /** The directory of keys is read anew once something moved the epoch. */
  const moved = async (): Promise<void> => {
    moves += 1;
    const name = { zh: '局', en: 'office' };
    const made = { code: `moved-${moves}`, name, kind: 'government' };
    assert.equal((await post('/v1/departments', made)).status, 201);
  };
  await insertSigningKey(hub.database.app, row, enrolment);
  await moved();
  const holder = await holderOf(hub, '旧钥匙', [{ role: 'steward', department: 'pub-security' }]);
  const jws = signedMandate(mandateFor(holder, 'pub-security', now()), key);
  const mandate = await post('/v1/mandates', { mandate: jws }, colleague.token);
  assert.equal(mandate.status, 201, JSON.stringify(mandate.body));
  const [document, later] = [await waiting('agr-key-1'), await waiting('agr-key-2')];
  assert.equal((await signBy(hub, holder, document)).status, 200);
  await revokeSigningKeys(hub.database.app, enrolment, now());
  await moved();
  refusedBecause(await approval(document.reply), 'mandate_refused', /key/);
  refusedBecause(await signBy(hub, holder, later), 'mandate_refused', /key/);
  const path = `/v1/mandates/${String(mandate.body['id'])}`;
  assert.equal((await staffCall(hub, colleague.token, 'GET', path)).body['state'], 'keyRevoked');
});

test('a deputy does not sign by mandate what their principal submitted', async () => {
  const role = { role: 'security', department: 'pub-security' } as const;
  const deputy = await holderOf(hub, '代办人', [role]);
  const writer = await holderOf(hub, '委托人', [{ role: 'steward', department: 'pub-security' }]);
  const until = new Date(now() + 86_400_000).toISOString();
  const standIn = { as: 'deputy', steward: writer.person, person: deputy.person, until };
  const named = await post(
    '/v1/stand-ins',
    { ...standIn, department: 'pub-security', reason: '休假' },
    writer.token,
  );
  assert.equal((await acceptAs(hub, colleague.token, named)).status, 201, JSON.stringify(named.body));
  await given(deputy);
  const id = 'agr-deputy-1';
  const submitted = await post('/v1/policy/documents', { document: agreement({ id }) }, writer.token);
  assert.equal(submitted.status, 201);
  assert.equal((await signBy(hub, deputy, { id, version: 1 })).body['code'], 'four_eyes');
  assert.equal(
    (await signBy(hub, deputy, await waiting('agr-deputy-2'))).status,
    200,
    'the deputy signs for other agreements',
  );
});

test('mandates and revocations only grow: what decides over signatures is not taken back', async () => {
  for (const statement of [
    'DELETE FROM mandate',
    'DELETE FROM mandate_revocation',
    "UPDATE mandate SET person = '0000000000'",
    "UPDATE mandate_revocation SET mandate = 'mdt-0'",
  ])
    await assert.rejects(hub.database.app.query(statement), /permission denied/, statement);
});

test('a mandate whose members are doubled is not taken in', async () => {
  const text = mandateText(mandateFor(provider, 'pub-security', now()));
  const doubled = text.replace('"role":"provider"', '"role":"consumer","role":"provider"');
  const mandate = signJws(doubled, keyOf('pub-security'), { typ: mandateType });
  refusedBecause(await post('/v1/mandates', { mandate }, colleague.token), 'mandate_invalid', /do not match/);
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
