/** An authority to come, and one that has ended, by the hub's own clock. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { authorityId } from '../../../certs/authority/identifiers.ts';
import { issueIntermediate } from '../../../certs/authority/issueIntermediate.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { issueRevocationList } from '../../../certs/authority/revocationList.ts';
import { newKeyPair, newSerial } from '../../../machine/newKeyPair.ts';
import { Problem } from '../../../terms/problem.ts';
import { enrolMachine, isAnswered, testHub, type Machine } from '../../../tests/attacks/tlsFixture.ts';
import { copyKeys } from '../../../tests/copyKeys.ts';
import { intermediateFile } from '../../platform/keys/createKeys.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import { writeKey } from '../../platform/keys/keyFolder.ts';
import { openKeys } from '../../platform/keys/openKeys.ts';
import type { RoleGrant } from '../../domain/permissions.ts';
import { endingCertificates } from '../../features/inbox/operations/identitySections.ts';
import { hubItself } from '../../features/inbox/operations/viewer.ts';
import type { Services } from '../../features/common/services.ts';
import { authorityDays, authorityState } from '../../features/health/operations/authorityState.ts';
import { storeIntermediate, storeRootList } from '../store/authorities.ts';
import { agreeOnAuthorities, refuseEnded } from './authorities.ts';

const day = 86_400_000;
const hub = await testHub();
const { authority, rootKeyFile = '' } = hub.keys;
const first = authority.signer;
const works = (machine: Machine): Promise<boolean> => isAnswered(hub, machine);
const issuerOf = (machine: Machine): string => new X509Certificate(machine.certificate).issuer;

test('one to come is trusted on sight and signs from its first moment on; the one before it counts until its leaves have ended', async () => {
  hub.clock.offset = -20 * day - 3_600_000;
  const before = await enrolMachine(hub, 'education');
  hub.clock.offset = -20 * day;
  const pair = newKeyPair();
  const made = await issueIntermediate(
    { rootCertificate: authority.rootCertificate, rootKey: readFileSync(rootKeyFile, 'utf8') },
    { publicKey: pair.publicKey, serial: newSerial(), from: Date.now() - 60_000 },
  );
  const id = authorityId(pair.publicKey);
  const { serial } = { serial: new X509Certificate(made.certificate).serialNumber.toLowerCase() };
  await storeIntermediate(hub.database.app, { root: 0, serial, certificate: made.certificate }, null);
  await hub.identity.reload();
  assert.equal(authority.signer.serial, first.serial);
  const now = (): number => Date.now() + hub.clock.offset;
  assert.match(
    authority.lacking(now()).other ?? '',
    new RegExp(`${id}\\.pem$`),
    'its key is to be copied here',
  );
  hub.clock.offset = 0;
  await assert.rejects(
    hub.identity.reload(),
    (error) => error instanceof Problem && error.code === 'keys_missing',
    'without it nothing is signed from then on',
  );
  hub.clock.offset = -20 * day;
  writeKey(dirname(rootKeyFile), intermediateFile(id, 'pem'), privateKeyPem(pair.privateKey));
  await hub.identity.reload();
  assert.equal(authority.signer.serial, first.serial, 'it signs nothing yet');
  const meanwhile = await enrolMachine(hub, 'ecology');
  assert.equal(issuerOf(meanwhile), issuerOf(before));
  hub.clock.offset = 0;
  await hub.identity.reload();
  const fresh = await enrolMachine(hub, 'transport');
  assert.notEqual(issuerOf(fresh), issuerOf(before));
  assert.deepEqual(await Promise.all([before, meanwhile, fresh].map(works)), [true, true, true]);

  const counting = (days: number): readonly string[] =>
    authority.issuers(made.notBefore + days * day).map((one) => one.serial);
  assert.deepEqual(counting(59), [first.serial, serial]);
  assert.deepEqual(counting(61), [serial], 'a leaf’s thirty days and the grace behind them are over');
});

test('what is known of authorities is not read again whenever the directory is', async (t) => {
  await hub.identity.reload();
  const learn = t.mock.method(authority, 'learn');
  await hub.identity.reload();
  assert.equal(learn.mock.callCount(), 0);
  const list = authority.rootRevocationList;
  await storeRootList(
    hub.database.app,
    { root: 0, number: authority.rootList.number, list: `${list}\n` },
    null,
  );
  await hub.identity.reload();
  assert.equal(learn.mock.callCount(), 1, 'the same list in another text is another row');
});

test('half a year before its end it is reported, and an ended one does not start', () => {
  const { nextUpdate } = authority.rootList;
  assert.equal(authorityState(authority, Date.now()), 'ok');
  assert.match(authorityState(authority, nextUpdate - 100 * day), /^degraded: .* ends in \d+ days$/);
  assert.equal(authorityState(authority, nextUpdate + 1), 'authority_ended');
  assert.equal(authorityDays(authority, nextUpdate + day), 0);
  refuseEnded(authority, nextUpdate - 100 * day);
  assert.throws(
    () => refuseEnded(authority, nextUpdate + 1),
    (error) => error instanceof Problem && error.code === 'authority_ended',
  );
  assert.throws(
    () => refuseEnded(authority, Date.now() + lifetimes.intermediate + day),
    (error) => error instanceof Problem && error.code === 'authority_ended',
  );
  authority.advance(Date.now());
});

test('what ends soon is in the inbox: the authority for those who may replace it, a certificate for its department and the operators', async () => {
  const reported = async (days: number, ...grants: readonly RoleGrant[]): Promise<readonly string[]> => {
    const viewer = { caller: { ...hubItself, grants: [...grants] }, now: Date.now() + days * day };
    const found = await endingCertificates(viewer, hub as unknown as Services);
    return found.map(({ what, department }) =>
      [what, ...(department === undefined ? [] : [department])].join(' '),
    );
  };
  const [operator, officer] = [{ role: 'operator' }, { role: 'security' }] as const;
  const listDays = (authority.rootList.nextUpdate - Date.now()) / day;
  assert.deepEqual(
    await reported(22, operator),
    ['department education', 'department ecology'],
    'first to end',
  );
  assert.deepEqual(await reported(24, operator), [
    'department education',
    'department ecology',
    'department transport',
  ]);
  assert.deepEqual(await reported(24, { role: 'steward', department: 'transport' }), [
    'department transport',
  ]);
  assert.deepEqual(await reported(24, { role: 'auditor', department: 'transport' }, officer), []);
  assert.deepEqual(
    await reported(41, operator),
    ['department transport'],
    'only a new code helps the others',
  );
  assert.deepEqual(await reported(listDays - 181, operator), []);
  assert.deepEqual(await reported(listDays - 179, operator), ['intermediate', 'root-list']);
  assert.deepEqual(await reported(listDays - 179, officer), ['intermediate', 'root-list']);
  assert.deepEqual(await reported(listDays - 179, { role: 'steward' }), []);
  assert.deepEqual(await reported(lifetimes.root / day - 100, officer), [
    'intermediate',
    'root-list',
    'root',
  ]);
});

const folder = mkdtempSync(join(tmpdir(), 'datong-authority-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const began = Date.UTC(2026, 0, 1);
/** Keys of a hub of their own, and what their root signs; days count from their beginning. */
async function ceremonies(name: string) {
  const path = join(folder, name);
  const { authority: ring }: HubKeys = await openKeys(path, {
    create: true,
    hubName: 'yunxi',
    now: () => began,
  });
  const root = {
    rootCertificate: ring.rootCertificate,
    rootKey: readFileSync(join(path, 'authority-root.pem'), 'utf8'),
  };
  return {
    path,
    ring,
    certified: async (days: number) => {
      const pair = newKeyPair();
      const id = authorityId(pair.publicKey);
      writeKey(path, intermediateFile(id, 'pem'), privateKeyPem(pair.privateKey));
      const serial = newSerial();
      const made = await issueIntermediate(root, {
        publicKey: pair.publicKey,
        serial,
        from: began + days * day,
      });
      return { ...made, serial, id };
    },
    listed: (days: number, serials: readonly string[]) =>
      issueRevocationList(
        { certificate: root.rootCertificate, key: root.rootKey },
        {
          revoked: serials.map((serial) => ({ serial, at: began + days * day, reason: 'key-compromise' })),
          now: began + days * day,
          validFor: lifetimes.intermediate,
        },
      ),
  };
}
const countingIn = (ring: HubKeys['authority'], days: number): readonly string[] =>
  ring.issuers(began + days * day).map(({ serial }) => serial);

test('one that was replaced stays so when the next one is stolen: its key may be gone, and it counts no more', async () => {
  const { path, ring, certified, listed } = await ceremonies('stolen');
  const second = await certified(10);
  await ring.learn([second.certificate], undefined);
  const third = await certified(200);
  await ring.learn([third.certificate], await listed(200, [second.serial]));
  assert.deepEqual(countingIn(ring, 201), [third.serial], 'the first was relieved 190 days ago');
  rmSync(join(path, 'authority-intermediate.pem'));
  const again = (await openKeys(path, { create: false, hubName: 'yunxi', now: () => began + 201 * day }))
    .authority;
  await again.learn([second.certificate, third.certificate], ring.rootRevocationList);
  again.advance(began + 201 * day);
  assert.equal(again.signer.serial, third.serial);
  assert.deepEqual(again.lacking(began + 201 * day), {});
});

test('within its 60 days it signs again when the next one is revoked and none is left, and only the signer’s key stops a process', async () => {
  const { path, ring, certified, listed } = await ceremonies('back');
  const first = ring.signer.serial;
  const second = await certified(10);
  await ring.learn([second.certificate], await listed(30, [second.serial]));
  ring.advance(began + 100 * day);
  assert.equal(ring.signer.serial, first);
  assert.deepEqual(countingIn(ring, 100), [first], 'its new leaves count as long as it signs');
  const third = await certified(120);
  await ring.learn([third.certificate], undefined);
  assert.deepEqual(countingIn(ring, 179), [first, third.serial]);
  assert.deepEqual(countingIn(ring, 181), [third.serial]);
  rmSync(join(path, 'authority-intermediate.pem'));
  const now = began + 130 * day;
  const again = (await openKeys(path, { create: false, hubName: 'yunxi', now: () => now })).authority;
  await again.learn([second.certificate, third.certificate], ring.rootRevocationList);
  again.advance(now);
  assert.equal(again.signer.serial, third.serial);
  assert.match(
    again.lacking(now).other ?? '',
    /authority-intermediate\.pem$/,
    'it is told, and nothing stops',
  );
});

test('the key of one to come that cannot be used yet is reported, and the others go on', async () => {
  const { path, ring, certified } = await ceremonies('half');
  const second = await certified(10);
  await ring.learn([second.certificate], undefined);
  const file = join(path, intermediateFile(second.id, 'pem'));
  chmodSync(file, 0o644);
  const now = began + 5 * day;
  ring.advance(now);
  assert.equal(ring.signer.certificate, ring.intermediateCertificate);
  assert.deepEqual(countingIn(ring, 5), [ring.signer.serial]);
  const { other, problem } = ring.lacking(now);
  assert.deepEqual([other, problem?.code], [file, 'keys_unsafe']);
  assert.throws(
    () => ring.advance(began + 10 * day),
    (error) => error instanceof Problem && error.code === 'keys_unsafe',
  );
  chmodSync(file, 0o600);
  assert.deepEqual(ring.lacking(now), {});
  ring.advance(began + 10 * day);
  assert.equal(ring.signer.serial, second.serial);
});

test('a key folder that cannot be written prevents no revocation from being known; it is reported, and tried again', async () => {
  const { path, ring, certified, listed } = await ceremonies('full');
  const second = await certified(10);
  // where the drafts of both files would be written
  const blocked = ['authority-root.crl.new', `${intermediateFile(second.id, 'crt')}.new`].map((name) =>
    join(path, name),
  );
  for (const place of blocked) mkdirSync(place);
  const list = await listed(20, [ring.signer.serial]);
  await ring.learn([second.certificate], list);
  assert.equal(ring.rootRevocationList, list);
  ring.advance(began + 20 * day);
  assert.equal(ring.signer.serial, second.serial);
  assert.match(ring.keep() ?? '', /^authority-/);
  for (const place of blocked) rmSync(place, { recursive: true });
  assert.equal(ring.keep(), undefined);
  assert.equal(readFileSync(join(path, 'authority-root.crl'), 'utf8'), list);
  assert.ok(existsSync(join(path, intermediateFile(second.id, 'crt'))));
});

test('a list that forgets what an earlier one revokes is not taken', async () => {
  const { ring, certified, listed } = await ceremonies('forgets');
  const second = await certified(10);
  await ring.learn([second.certificate], await listed(20, [second.serial]));
  await assert.rejects(
    ring.learn([], await listed(30, [])),
    (error) => error instanceof Problem && error.code === 'authority_unsuitable',
  );
  assert.notEqual(ring.revokedAt(second.serial), undefined);
});

test('an authority that is only in a key folder is used where every other one has ended, and its entry records that', async () => {
  const keys = join(folder, 'ended');
  copyKeys(dirname(rootKeyFile), keys);
  const root = { rootCertificate: authority.rootCertificate, rootKey: readFileSync(rootKeyFile, 'utf8') };
  const end = Date.now() + lifetimes.intermediate + day;
  const put = async (from: number): Promise<string> => {
    const pair = newKeyPair();
    const serial = newSerial();
    const made = await issueIntermediate(root, { publicKey: pair.publicKey, serial, from });
    const id = authorityId(pair.publicKey);
    writeKey(keys, intermediateFile(id, 'pem'), privateKeyPem(pair.privateKey));
    writeKey(keys, intermediateFile(id, 'crt'), made.certificate);
    return serial;
  };
  const put1 = await put(Date.now() - 60_000);
  const taken = async (now: number) => {
    const opened = await openKeys(keys, { create: false, hubName: 'yunxi', now: () => now });
    const { audit, database } = hub;
    const size = async (): Promise<number> =>
      (await database.owner.query('SELECT FROM audit_entry')).rows.length;
    const before = await size();
    await agreeOnAuthorities({ database, keys: opened, audit }, now);
    return {
      entries: (await size()) - before,
      known: opened.authority.all().map(({ serial }) => serial),
    };
  };
  const before = await taken(Date.now());
  assert.deepEqual([before.entries, before.known.includes(put1)], [0, false], 'nothing has ended');
  const put2 = await put(end - 60_000);
  hub.clock.offset = lifetimes.intermediate + day;
  const after = await taken(end);
  assert.deepEqual([after.entries, after.known.includes(put2), after.known.includes(put1)], [1, true, false]);
});
