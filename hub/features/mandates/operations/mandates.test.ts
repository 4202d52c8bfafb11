/** Signing by mandate: what counts, what is stored of it, and what attackers try with mandates and passkeys. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { verifyJws } from '../../../../certs/jws.ts';
import { readMandate, type Mandate } from '../../../../certs/mandates/mandate.ts';
import { evidenceIn, faultOfPasskey } from '../../../../certs/mandates/passkeySignature.ts';
import { signingKey, verificationKey } from '../../../../certs/signatures/index.ts';
import { newKeyPair } from '../../../../machine/newKeyPair.ts';
import { openRegistry } from '../../../registry/registry.ts';
import { canonicalJson, type CanonicalValue } from '../../../../terms/canonicalJson.ts';
import {
  holderOf,
  mandateFor,
  offerTo,
  pathTo,
  refusedBecause,
  signBy,
  signedMandate,
  type Holder,
  type Offer,
} from '../../../../tests/mandated.ts';
import {
  agreement,
  approval,
  approver,
  code,
  hub,
  keyOf,
  post,
  signature,
  view,
  type Reply,
} from '../../../../tests/policyHub.ts';
import type { Ran } from '../../../../tests/datong.ts';
import { typedDatong } from '../../../../tests/typedDatong.ts';
import { writeDemoState } from '../../../../tests/demoState.ts';
import { staffCall } from '../../../../tests/secondPerson.ts';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { newYear } from '../../../../tests/newYear.ts';

const provider = await holderOf(hub, '提供甲', [{ role: 'steward', department: 'pub-security' }]);
const colleague = await holderOf(hub, '提供乙', [{ role: 'steward', department: 'pub-security' }]);
const consumer = await holderOf(hub, '需求甲', [{ role: 'steward', department: 'education' }]);
const both = await holderOf(hub, '两处任职', [
  { role: 'steward', department: 'pub-security' },
  { role: 'steward', department: 'education' },
]);
const clerkOf = {
  'pub-security': colleague.token,
  education: await hub.token(['steward'], 'education'),
} as const;
type Side = keyof typeof clerkOf;
const now = (): number => hub.database.now();

/** Signed by the department's key, and handed in by a colleague. */
async function given(
  holder: Holder,
  department: Side,
  more: Partial<Mandate> = {},
  by?: string,
): Promise<Reply> {
  const jws = signedMandate(mandateFor(holder, department, now(), more), keyOf(department));
  return post('/v1/mandates', { mandate: jws }, by ?? clerkOf[department]);
}
const submit = (jws: string, token = colleague.token): Promise<Reply> =>
  post('/v1/mandates', { mandate: jws }, token);
const revoke = (reply: Reply, token = colleague.token): Promise<Reply> =>
  post(`/v1/mandates/${String(reply.body['id'])}/revocation`, { reason: '岗位调整' }, token);

let count = 0;
/** Waits for the provider; the consumer has signed by its key. */
async function waiting(
  grant: object = {},
  by: 'consumer' | 'none' = 'consumer',
): Promise<{ readonly id: string; readonly version: number; readonly reply: Reply }> {
  count += 1;
  const id = `agr-mandate-${count}`;
  const document = agreement({ id }, grant);
  const signatures = by === 'consumer' ? [signature(document, 'consumer', 'education')] : [];
  const reply = await post('/v1/policy/documents', { document, signatures });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return { id, version: 1, reply };
}
const indexOf = async (reply: { readonly headers: Record<string, string> }): Promise<number> => {
  const { rows } = await hub.database.owner.query<{ idx: string }>(
    'SELECT idx FROM audit_entry WHERE id = $1',
    [reply.headers['datong-exchange-id']],
  );
  return Number(rows[0]?.idx);
};
/** In force by the reading of the registry, which verifies every signature again. */
async function inForce(id: string): Promise<boolean> {
  await hub.services.registry.refresh();
  const { current } = hub.services.registry;
  assert.deepEqual(current.failed, []);
  return current.plans.agreements.has(id);
}

describe('a person signs for their department', () => {
  test('in a browser, without its key in the hub; what is stored verifies anywhere, and is in the entry', async () => {
    const mandate = await given(provider, 'pub-security', { datasets: ['pub-security.household'] });
    assert.equal(mandate.status, 201, JSON.stringify(mandate.body));
    assert.equal(mandate.body['state'], 'valid');
    const document = await waiting();
    assert.equal(code(await approval(document.reply)), 'policy_signature_missing');
    const before = await view(document.reply, provider.token);
    assert.deepEqual(before['signable'], [
      { role: 'provider', department: 'pub-security', mandate: mandate.body['id'] },
    ]);
    assert.equal((await view(document.reply, colleague.token))['signable'], undefined);
    const signed = await signBy(hub, provider, document);
    assert.equal(signed.status, 200, JSON.stringify(signed.body));
    assert.equal(signed.body['missing'], undefined);
    const shown = await view(document.reply);
    const retained = (shown['signatures'] as Record<string, unknown>[]).find(
      ({ role }) => role === 'provider',
    );
    const [leaf] = (await newestLeaves(hub.database, 20)).filter(
      ({ operation }) => operation === 'signPolicyDocument',
    );
    assert.equal(
      leaf?.change?.['signature'],
      createHash('sha256')
        .update(canonicalJson(retained?.['evidence'] as CanonicalValue))
        .digest('hex'),
    );
    assert.deepEqual(
      [leaf.change['mandate'], leaf.change['person'], leaf.change['effect']],
      [mandate.body['id'], provider.person, (shown['effect'] as { digest: string }).digest],
    );
    // on any laptop: the view, and the department's public key
    const key = verificationKey(keyOf('pub-security').privateKey);
    const { payload } = await verifyJws(String(retained?.['artefact']), () => key);
    const evidence = evidenceIn(retained?.['evidence']);
    assert.ok(evidence);
    assert.equal(faultOfPasskey(evidence, readMandate(payload), payload), undefined);
    for (const name of ['signature', 'authenticatorData', 'clientDataJSON'] as const)
      for (const other of [`${evidence[name]}=`, `!${evidence[name]}`])
        assert.ok(
          faultOfPasskey({ ...evidence, [name]: other }, readMandate(payload), payload),
          `${name} ${other}`,
        );
    assert.equal(evidence.statement.digest, shown['digest']);
    assert.equal((await approval(document.reply)).status, 200);
    assert.ok(await inForce(document.id));
    assert.equal((await revoke(mandate)).status, 200);
    assert.ok(await inForce(document.id), 'what was revoked since, still signed');
  });

  test('is listed and shown to the person’s department and the office, to no one else', async () => {
    const mandate = await given(provider, 'pub-security', {
      until: new Date(now() + 5 * 86_400_000).toISOString(),
    });
    const path = `/v1/mandates/${String(mandate.body['id'])}`;
    for (const token of [colleague.token, approver]) {
      const listed = await staffCall(hub, token, 'GET', '/v1/mandates?limit=200');
      assert.ok((listed.body['mandates'] as { id: string }[]).some(({ id }) => id === mandate.body['id']));
      assert.equal(typeof (await staffCall(hub, token, 'GET', path)).body['artefact'], 'string');
    }
    const foreign = await staffCall(hub, consumer.token, 'GET', '/v1/mandates?limit=200');
    assert.doesNotMatch(JSON.stringify(foreign.body['mandates']), /"department":"pub-security"/);
    assert.equal((await staffCall(hub, consumer.token, 'GET', path)).body['code'], 'not_your_department');
    assert.equal(code(await revoke(mandate, consumer.token)), 'not_your_department');
    const first = await staffCall(hub, approver, 'GET', '/v1/mandates?limit=1');
    const next = await staffCall(
      hub,
      approver,
      'GET',
      `/v1/mandates?limit=1&cursor=${String(first.body['nextCursor'])}`,
    );
    const ids = [first, next].map(({ body }) => (body['mandates'] as { id: string }[])[0]?.id);
    assert.ok(ids[0] !== undefined && ids[1] !== undefined && ids[0] < ids[1]);
    assert.equal((await revoke(mandate)).status, 200);
    assert.equal(code(await revoke(mandate)), 'transition_not_allowed');
    assert.equal(
      code(await revoke({ ...mandate, body: { id: `mdt-${'0'.repeat(24)}` } }, approver)),
      'not_found',
    );
  });
});

describe('a mandate is not taken in', () => {
  const forged: readonly (readonly [string, () => Partial<Mandate> | string, RegExp])[] = [
    [
      'signed by another department',
      () => signedMandate(mandateFor(provider, 'pub-security', now()), keyOf('education')),
      /not signed by a key in force/,
    ],
    [
      'signed by an unknown key',
      () => signedMandate(mandateFor(provider, 'pub-security', now()), signingKey(newKeyPair().privateKey)),
      /not signed by a key in force/,
    ],
    [
      'signed as something else',
      () =>
        signedMandate(
          mandateFor(provider, 'pub-security', now()),
          keyOf('pub-security'),
          'datong-policy+jws',
        ),
      /not signed by a key in force/,
    ],
    [
      'naming a passkey that the person has not registered',
      () => ({ passkey: colleague.passkey }),
      /has not registered that passkey/,
    ],
    [
      'of a person who works elsewhere',
      () => ({ person: consumer.person, passkey: consumer.passkey }),
      /no data steward/,
    ],
    ['of no person', () => ({ person: '0000000000' }), /no data steward/],
    ['that has expired', () => ({ until: new Date(now() - 1_000).toISOString() }), /it has expired/],
    [
      'for longer than a year',
      () => ({ until: new Date(now() + 400 * 86_400_000).toISOString() }),
      /366 days/,
    ],
    [
      'on a dataset of another department',
      () => ({ datasets: ['ecology.air-quality-hourly'] }),
      /another department/,
    ],
    ['for the office, by a department', () => ({ role: 'data-office' }), /the data office alone/],
    ['with a further member', () => ({ also: 1 }) as Partial<Mandate>, /do not match the contract/],
    [
      'with a day that no calendar has',
      () => ({ until: '2026-02-30T00:00:00.000Z' }),
      /do not match the contract/,
    ],
  ];
  for (const [what, make, words] of forged) {
    test(what, async () => {
      const made = make();
      const reply =
        typeof made === 'string' ? await submit(made) : await given(provider, 'pub-security', made);
      refusedBecause(reply, 'mandate_invalid', words);
    });
  }

  test('by the person it is for, by an operator, by another department, or twice', async () => {
    assert.equal(code(await given(provider, 'pub-security', {}, provider.token)), 'four_eyes');
    assert.equal(code(await given(provider, 'pub-security', {}, clerkOf.education)), 'not_your_department');
    assert.equal(
      code(await given(provider, 'pub-security', {}, await hub.token(['operator']))),
      'scope_missing',
    );
    const jws = signedMandate(mandateFor(provider, 'pub-security', now()), keyOf('pub-security'));
    assert.equal((await submit(jws)).status, 201);
    assert.equal(code(await submit(jws)), 'already_registered');
  });

  test('again under another signature after its revocation: the text identifies it', async () => {
    const mandate = mandateFor(provider, 'pub-security', now());
    const first = await submit(signedMandate(mandate, keyOf('pub-security')));
    assert.equal((await revoke(first)).status, 200);
    // any reader can turn (r, s) into (r, n − s), which is as good a signature
    const again = turned(signedMandate(mandate, keyOf('pub-security')));
    assert.equal(code(await submit(again)), 'already_registered');
  });
});

describe('a passkey does not sign', () => {
  test('without a mandate, under one of another person, of another side, or for another dataset', async () => {
    const stranger = await holderOf(hub, '无授权', [{ role: 'steward', department: 'pub-security' }]);
    const document = await waiting();
    refusedBecause(await signBy(hub, stranger, document), 'mandate_refused', /no mandate is in your name/);
    await given(stranger, 'pub-security', { role: 'consumer' });
    refusedBecause(await signBy(hub, stranger, document), 'mandate_refused', /does not cover/);
    await given(stranger, 'pub-security', { console: 'https://evil.example' });
    refusedBecause(
      await signBy(hub, stranger, document),
      'mandate_refused',
      /another console|does not cover/,
    );
    await given(stranger, 'pub-security', { datasets: ['pub-security.secret'] });
    refusedBecause(await signBy(hub, stranger, document), 'mandate_refused', /does not cover/);
    await given(stranger, 'pub-security', { from: new Date(now() + 86_400_000).toISOString() });
    refusedBecause(await signBy(hub, stranger, document), 'mandate_refused', /does not hold|does not cover/);
  });

  test('under one that was revoked', async () => {
    const leaver = await holderOf(hub, '将离任', [{ role: 'steward', department: 'pub-security' }]);
    const mandate = await given(leaver, 'pub-security');
    const document = await waiting();
    const offered = await offerTo(hub, leaver, document);
    assert.equal(offered.status, 200);
    assert.equal((await revoke(mandate)).status, 200);
    refusedBecause(
      await submitSignature(leaver, document, offered.body as unknown as Offer),
      'mandate_refused',
      /is revoked/,
    );
  });

  test('what its author submitted, nor for both sides', async () => {
    const writer = await holderOf(hub, '起草人', [{ role: 'steward', department: 'pub-security' }]);
    await given(writer, 'pub-security');
    count += 1;
    const id = `agr-mandate-${count}`;
    assert.equal(
      (await post('/v1/policy/documents', { document: agreement({ id }) }, writer.token)).status,
      201,
    );
    assert.equal((await signBy(hub, writer, { id, version: 1 })).body['code'], 'four_eyes');

    await given(both, 'pub-security');
    await given(both, 'education', { role: 'consumer' });
    const document = await waiting({}, 'none');
    const first = await signBy(hub, both, document);
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.deepEqual(first.body['missing'], ['pub-security']);
    // they may sign for one side; both fit, and the other is refused
    const offered = (await offerTo(hub, both, document)).body as unknown as Offer;
    const other = {
      ...offered,
      statement: { ...offered.statement, role: 'provider', department: 'pub-security' },
    };
    assert.equal((await submitSignature(both, document, other)).body['code'], 'both_sides');
    await given(provider, 'pub-security');
    assert.equal((await signBy(hub, provider, document)).status, 200);
    assert.equal((await approval(document.reply)).status, 200);
    assert.ok(await inForce(document.id));
  });

  test('for the consumer and then approves', async () => {
    const twice = await holderOf(hub, '又签又批', [
      { role: 'steward', department: 'education' },
      { role: 'security', department: 'pub-security' },
    ]);
    await given(twice, 'education', { role: 'consumer' });
    await given(provider, 'pub-security');
    const document = await waiting({}, 'none');
    assert.equal((await signBy(hub, twice, document)).status, 200);
    assert.equal((await signBy(hub, provider, document)).status, 200);
    assert.equal(code(await approval(document.reply, twice.token)), 'both_sides');
    assert.equal((await approval(document.reply, colleague.token)).status, 200);
  });

  test('twice by one answer, for another document, for another effect, by another device, or by a changed statement', async () => {
    await given(provider, 'pub-security');
    const [document, other] = [await waiting(), await waiting()];
    const offered = (await offerTo(hub, provider, document)).body as unknown as Offer;
    const sent = {
      statement: offered.statement,
      assertion: provider.device.answer(offered.publicKey, provider.console),
    };
    const to = (path: { id: string; version: number }, body: object, token = provider.token) =>
      staffCall(hub, token, 'POST', `${pathTo(path)}/signatures`, body);
    assert.equal((await to(other, sent)).body['code'], 'version_exists');
    const elsewhere = { ...sent, statement: { ...sent.statement, document: `${other.id}@1` } };
    assert.equal((await to(document, elsewhere)).body['code'], 'mandate_refused');
    const loose = { ...sent, statement: { ...sent.statement, effect: 'a'.repeat(64) } };
    assert.equal((await to(document, loose)).body['code'], 'effect_not_accepted');
    const later = { ...sent, statement: { ...sent.statement, at: new Date(now() + 60_000).toISOString() } };
    assert.equal((await to(document, later)).body['code'], 'challenge_invalid');
    const foreign = { ...sent, assertion: colleague.device.answer(offered.publicKey, provider.console) };
    assert.equal((await to(document, foreign)).body['code'], 'passkey_invalid');
    const phished = { ...sent, assertion: provider.device.answer(offered.publicKey, 'https://evil.example') };
    assert.equal((await to(document, phished)).body['code'], 'passkey_invalid');
    const guessed = { ...sent, assertion: provider.device.answer({ challenge: 'AAAA' }, provider.console) };
    assert.equal((await to(document, guessed)).body['code'], 'passkey_invalid');
    assert.equal((await to(document, sent, colleague.token)).body['code'], 'mandate_refused');
    // the counter moved on with the answers above
    const fresh = (await offerTo(hub, provider, document)).body as unknown as Offer;
    const good = {
      statement: fresh.statement,
      assertion: provider.device.answer(fresh.publicKey, provider.console),
    };
    assert.equal((await to(document, good)).status, 200);
    assert.equal((await to(document, good)).body['code'], 'challenge_invalid');
    assert.equal((await approval(document.reply)).status, 200);
    assert.equal((await to(document, good)).body['code'], 'transition_not_allowed');
  });

  test('by another passkey of the person than the mandate names, nor where the device did not verify its user', async () => {
    const owner = await holderOf(hub, '两把钥匙', [{ role: 'steward', department: 'pub-security' }]);
    await given(owner, 'pub-security');
    const document = await waiting();
    const { softwareKey } = await import('../../../../tests/softwareKey.ts');
    const second = softwareKey('localhost');
    const options = await staffCall(hub, owner.token, 'POST', '/v1/passkeys/offers');
    const made = second.register(options.body['publicKey'] as { challenge: string }, owner.console);
    assert.equal(
      (await staffCall(hub, owner.token, 'POST', '/v1/passkeys', { ...made, label: '第二把' })).status,
      201,
    );
    const offered = (await offerTo(hub, owner, document)).body as unknown as Offer;
    refusedBecause(
      await submitSignature({ ...owner, device: second }, document, offered),
      'mandate_refused',
      /another passkey/,
    );
  });
});

describe('what was signed by mandate does not come into force', () => {
  test('once the mandate is revoked, however it was signed before; signed anew by the key it does', async () => {
    const mandate = await given(provider, 'pub-security', {
      until: new Date(now() + 7 * 86_400_000).toISOString(),
    });
    for (const other of await validOf(provider))
      if (other !== mandate.body['id']) await revoke({ ...mandate, body: { id: other } });
    const document = await waiting();
    assert.equal((await signBy(hub, provider, document)).status, 200);
    assert.equal((await revoke(mandate)).status, 200);
    refusedBecause(await approval(document.reply), 'mandate_refused', /is revoked/);
    const text = agreement({ id: document.id });
    const signatures = [signature(text, 'provider', 'pub-security')];
    assert.equal((await post('/v1/policy/documents', { document: text, signatures })).status, 200);
    assert.equal((await approval(document.reply)).status, 200);
    assert.ok(await inForce(document.id));
  });

  test('where it now changes something other than was shown', async () => {
    await given(provider, 'pub-security');
    const document = await waiting();
    assert.equal((await signBy(hub, provider, document)).status, 200);
    const floor = {
      kind: 'Restriction',
      id: 'res-mandate',
      version: 1,
      when: { field: ['birth_date'], dataset: ['pub-security.household'] },
      floor: { mask: 'dateTrunc', to: 'month' },
    };
    const signatures = [signature(floor, 'data-office', 'data-office')];
    const restricted = await post('/v1/policy/documents', { document: floor, signatures });
    assert.equal(restricted.body['state'], 'active', JSON.stringify(restricted.body));
    refusedBecause(await approval(document.reply), 'mandate_refused', /changes something else/);
    assert.equal((await signBy(hub, provider, document)).status, 200, 'signed anew');
    assert.equal((await approval(document.reply)).status, 200);
  });

  test('unless that was a time without answers alone: signed before the day, it is approved on the day', async (t) => {
    await given(provider, 'pub-security');
    const first = await waiting();
    assert.equal((await signBy(hub, provider, first)).status, 200);
    assert.equal((await approval(first.reply)).status, 200);
    const begins = now() + 3_600_000;
    const valid = { from: new Date(begins).toISOString(), until: newYear(2) };
    const document = agreement({ id: first.id, version: 2, valid });
    const signatures = [signature(document, 'consumer', 'education')];
    const reply = await post('/v1/policy/documents', { document, signatures });
    const shown = async () => (await view(reply))['effect'] as Record<'digest' | 'toSign' | 'gap', unknown>;
    const { gap, digest, toSign } = await shown();
    assert.deepEqual([gap, digest === toSign], [{ version: 1, until: valid.from }, false]);
    assert.equal((await signBy(hub, provider, { id: first.id, version: 2 })).status, 200);
    // the signature is no approval of the gap: the approval names that, too
    assert.equal(code(await approval(reply, approver, String(toSign))), 'effect_not_accepted');
    const moved = t.mock.method(hub.database, 'now', () => begins + 1_000);
    assert.equal((await shown()).digest, toSign);
    const approved = await approval(reply);
    moved.mock.restore();
    assert.equal(approved.body['state'], 'active', JSON.stringify(approved.body));
  });

  test('when its revocation races it: the first in the log counts, and no signature is lost between two', async () => {
    for (let round = 0; round < 2; round += 1) {
      const mandate = await given(provider, 'pub-security');
      const document = await waiting();
      assert.equal((await signBy(hub, provider, document)).status, 200);
      const { digest, effect } = (await view(document.reply)) as {
        digest: string;
        effect: { digest: string };
      };
      const seen = { digest, effect: effect.digest };
      const [approved, revoked] = await Promise.all([
        post(`${pathTo(document)}/approval`, seen, approver),
        revoke(mandate),
      ]);
      assert.equal(revoked.status, 200);
      if (approved.status === 200) assert.ok((await indexOf(approved)) < (await indexOf(revoked)));
      else assert.equal(code(approved), 'mandate_refused');
      assert.equal(await inForce(document.id), approved.status === 200);
    }
    await given(provider, 'pub-security');
    await given(consumer, 'education', {
      role: 'consumer',
      until: new Date(now() + 9 * 86_400_000).toISOString(),
    });
    const document = await waiting({}, 'none');
    const both = await Promise.all([signBy(hub, provider, document), signBy(hub, consumer, document)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
      JSON.stringify(both.map(({ body }) => body)),
    );
    assert.equal((await view(document.reply))['missing'], undefined);
  });
});

test('a signature that was edited in the database decides nothing', async () => {
  await given(provider, 'pub-security');
  const document = await waiting();
  assert.equal((await signBy(hub, provider, document)).status, 200);
  assert.equal((await approval(document.reply)).status, 200);
  assert.ok(await inForce(document.id));
  const { rows } = await hub.database.owner.query<{ signatures: Record<string, unknown>[] }>(
    'SELECT signatures FROM policy_document WHERE id = $1',
    [document.id],
  );
  const stored = rows[0]?.signatures ?? [];
  const edits: readonly ((one: Record<string, unknown>) => Record<string, unknown>)[] = [
    (one) => edited(one, { effect: 'b'.repeat(64) }),
    (one) => edited(one, { at: new Date(now() + 1).toISOString() }),
    (one) => ({
      ...one,
      evidence: {
        ...(one['evidence'] as object),
        publicKey: newKeyPair().publicKey.export({ format: 'jwk' }),
      },
    }),
    (one) => ({ ...one, evidence: 'none' }),
    (one) => ({ ...one, evidence: { ...(one['evidence'] as object), signature: 7 } }),
    (one) => ({ ...one, person: colleague.person }),
    (one) => ({
      ...one,
      artefact: signedMandate(
        mandateFor(provider, 'pub-security', now()),
        signingKey(newKeyPair().privateKey),
      ),
    }),
  ];
  const put = (signatures: readonly unknown[]) =>
    hub.database.owner.query('UPDATE policy_document SET signatures = $2 WHERE id = $1', [
      document.id,
      JSON.stringify(signatures),
    ]);
  for (const edit of edits) {
    await put(stored.map((one) => ('evidence' in one ? edit(one) : one)));
    const { current } = await openRegistry({ database: hub.database, audit: hub.services.audit });
    assert.deepEqual(
      current.failed.map(({ name, fault }) => `${name} ${fault}`),
      [`${document.id}@1 signature`],
      String(edit),
    );
    assert.ok(!current.plans.agreements.has(document.id));
  }
  await put(stored);
  assert.ok(await inForce(document.id));
});

test('by command: given where the key is, handed in, listed, signed, verified without a hub, revoked', async () => {
  const home = mkdtempSync(join(tmpdir(), 'datong-mandate-'));
  after(() => {
    rmSync(home, { recursive: true, force: true });
  });
  const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const origin = (port: number): string => `https://localhost:${port}`;
  const { exchange, open, staff } = hub.ports;
  const place = { exchange: origin(exchange), open: origin(open), ca: hub.ca, keys: { keys: [] } };
  const signing = keyOf('pub-security').privateKey;
  writeFileSync(
    join(home, 'pub-security.json'),
    JSON.stringify({
      department: 'pub-security',
      hub: place,
      signingKey: pem(signing),
      tls: { cert: hub.ca, key: pem(newKeyPair().privateKey) },
    }),
  );
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...place, staff: origin(staff) }, { mei: provider.token, lan: colleague.token });
  const datong = (...args: string[]): Promise<Ran> =>
    typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
  const own = JSON.parse((await datong('mandate', 'passkeys', '--as', 'mei', '--json')).stdout) as {
    person: string;
    console: string;
    passkeys: { key: string }[];
  };
  const grantOptions = [
    '--passkey',
    own.passkeys[0]?.key ?? '',
    '--console',
    own.console,
    '--role',
    'provider',
  ];
  const key = ['--profile', './pub-security.json'];
  const until = ['--until', new Date(now() + 20 * 86_400_000).toISOString()];
  const made = await datong('mandate', 'give', own.person, ...grantOptions, ...key, ...until);
  assert.equal(made.code, 0, made.stderr);
  const file = `pub-security.${own.person}.mandate.json`;
  const handed = await datong('mandate', 'hand-in', file, '--as', 'lan');
  assert.equal(handed.code, 0, handed.stderr);
  const id = handed.stdout.trim();
  assert.match((await datong('mandate', 'list', '--as', 'lan')).stdout, new RegExp(`${id} +valid`));

  const document = await waiting();
  assert.equal((await signBy(hub, provider, document)).status, 200);
  const shown = await datong('approve', document.id, '--as', 'lan', '--json');
  writeFileSync(join(home, 'shown.json'), shown.stdout);
  writeFileSync(join(home, 'key.jwk'), JSON.stringify(createPublicKey(signing).export({ format: 'jwk' })));
  const verified = await datong('mandate', 'verify', 'shown.json', '--key', 'key.jwk', '--json');
  assert.deepEqual(JSON.parse(verified.stdout), { ok: true, findings: [], signatures: 1 }, verified.stderr);
  writeFileSync(join(home, 'shown.json'), shown.stdout.replace('personName', 'nothing'));
  const changed = await datong('mandate', 'verify', 'shown.json', '--key', 'key.jwk');
  assert.deepEqual([changed.code, /another document/.test(changed.stderr)], [5, true], changed.stderr);

  const revoked = await datong('mandate', 'revoke', id, '--reason', '岗位调整', '--as', 'lan');
  assert.equal(revoked.code, 0, revoked.stderr);
  const { state: ended } = (await staffCall(hub, colleague.token, 'GET', `/v1/mandates/${id}`)).body;
  assert.equal(ended, 'revoked');
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));

const edited = (one: Record<string, unknown>, more: object): Record<string, unknown> => {
  const evidence = one['evidence'] as { statement: object };
  return { ...one, evidence: { ...evidence, statement: { ...evidence.statement, ...more } } };
};

async function submitSignature(
  holder: Holder,
  document: { id: string; version: number },
  { statement, publicKey }: Offer,
) {
  const assertion = holder.device.answer(publicKey, holder.console);
  return staffCall(hub, holder.token, 'POST', `${pathTo(document)}/signatures`, { statement, assertion });
}

async function validOf({ person }: Holder): Promise<string[]> {
  const { body } = await staffCall(hub, colleague.token, 'GET', `/v1/mandates?person=${person}&limit=200`);
  return (body['mandates'] as { id: string; state: string }[])
    .filter(({ state }) => state === 'valid')
    .map(({ id }) => id);
}

/** The other of the two signatures (r, ±s) that verify alike under P-256. */
function turned(jws: string): string {
  const [head = '', payload = '', signed = ''] = jws.split('.');
  const bytes = Buffer.from(signed, 'base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = (order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
  return `${head}.${payload}.${Buffer.concat([bytes.subarray(0, 32), Buffer.from(s, 'hex')]).toString('base64url')}`;
}
