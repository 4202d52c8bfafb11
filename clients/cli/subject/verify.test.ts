/** `datong subject verify`: what it says of a view that a hub signed, and of one that does not concern the person. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { signDetached } from '../../../certs/detachedJws.ts';
import { subjectViewType } from '../../../certs/jws.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { committed } from '../../sdk/consents.ts';
import { exitCode } from '../verb.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-view-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey, publicKey } = newKeyPair();
writeFileSync(join(folder, 'anchors.json'), JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
writeFileSync(join(folder, 'child.txt'), '11010519491231002X\n');
writeFileSync(join(folder, 'other.txt'), '110105194912310038\n');

const { committed: subject, opening } = committed('11010519491231002X');
const view = { subject, accesses: [] };
const signed = {
  view,
  signature: signDetached(view, signingKey(privateKey), { typ: subjectViewType }),
  salt: opening.salt,
};

/** What `datong subject verify` answers about this view. */
async function verified(document: object, ...options: readonly string[]) {
  writeFileSync(join(folder, 'view.json'), JSON.stringify(document));
  const words = ['subject', 'verify', 'view.json', '--anchors', 'anchors.json', ...options];
  const { code, stderr } = await typedDatong(words, { cwd: folder, env: { HOME: folder } });
  return { code, stderr };
}

test('a signed view holds, also for the person that it concerns', async () => {
  assert.equal((await verified(signed)).code, 0);
  const { code, stderr } = await verified(signed, '--person', 'child.txt');
  assert.equal(code, 0, stderr);
});

test('a view that concerns another person is refused', async () => {
  const { code, stderr } = await verified(signed, '--person', 'other.txt');
  assert.equal(code, exitCode.verification);
  assert.match(stderr, /it concerns another person/);
});

test('a view that was altered is refused', async () => {
  const { code, stderr } = await verified({ ...signed, view: { ...view, accesses: [{}] } });
  assert.equal(code, exitCode.verification);
  assert.match(stderr, /the signature does not hold/);
});

test('a view without its salt is compared with no person', async () => {
  const { salt: _salt, ...withoutSalt } = signed;
  assert.equal((await verified(withoutSalt)).code, 0);
  const { code, stderr } = await verified(withoutSalt, '--person', 'child.txt');
  assert.equal(code, exitCode.local);
  assert.match(stderr, /has no salt/);
});
