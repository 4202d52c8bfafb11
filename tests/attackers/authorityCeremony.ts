/** What tests of the authority ask of a hub, and what a ceremony of its root leaves: nothing of it is a double. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Authority, NewAuthority } from '../../certs/authority/createAuthority.ts';
import { issueIntermediate } from '../../certs/authority/issueIntermediate.ts';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import { issueRevocationList, readRevocationList } from '../../certs/authority/revocationList.ts';
import { DatongClient } from '../../clients/sdk/index.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import type { Leaf } from '../../log/leaf.ts';
import { newKeyPair, newSerial } from '../../machine/newKeyPair.ts';
import type { Machine, TestHub } from '../hub.ts';
import { leavesWhere } from '../leafTexts.ts';

/** `ok`, or how a hub refuses a machine: by a code, or by the handshake. */
export async function reported({ hub, ca }: TestHub, { department, tls, signing }: Machine): Promise<string> {
  const { exchange, open } = hub.origins;
  const client = new DatongClient({ department, hub: { exchange, open }, ca, tls, signingKey: signing });
  try {
    const { status } = await client.call({ method: 'POST', path: '/v1/diagnose', receipt: 'optional' });
    return status === 200 ? 'ok' : String(status);
  } catch (error) {
    return String((error as { code?: unknown }).code);
  } finally {
    client.close();
  }
}

/** Issuer of the certificate that the staff listener shows. */
export const shownBy = ({ hub, ca }: TestHub): Promise<string> =>
  new Promise((done, failed) => {
    const socket = connect({ port: Number(new URL(hub.origins.staff).port), host: 'localhost', ca }, () => {
      const issuer = socket.getPeerX509Certificate()?.issuer ?? '';
      socket.destroy();
      done(issuer);
    });
    socket.once('error', failed);
  });

/** Serials on a hub's list. */
export const crl = async ({ hub }: TestHub, serial: string, issuer: string) => {
  const { pem } = hub.services.identity.crl(serial);
  return (await readRevocationList(pem, issuer)).revoked.map((one) => one.serial);
};

/** The three blocks of commands below a heading of a page. */
export const typed = (text = '', title: string): string[] =>
  (text.split(`### ${title}\n`)[1] ?? '')
    .split('```sh\n')
    .slice(1, 4)
    .map((part) => part.split('```')[0] ?? '');

/** Writes what a ceremony leaves into a folder, under the names that the verbs and the commands of docs/keys.md take. */
export function storeCeremony(folder: string, made: Authority): void {
  mkdirSync(folder);
  for (const [file, pem] of Object.entries({
    'authority-root.crt': made.rootCertificate,
    'authority-root.crl': made.rootRevocationList,
    'authority-intermediate.crt': made.intermediateCertificate,
    'authority-intermediate-01234567.pem': made.intermediateKey,
  }))
    writeFileSync(join(folder, file), pem, { mode: 0o600 });
}

/** Its next intermediate authority, and a list that revokes the one before. */
export const renewed = async (made: NewAuthority): Promise<Authority> => {
  const pair = newKeyPair();
  const { certificate } = await issueIntermediate(made, {
    publicKey: pair.publicKey,
    serial: newSerial(),
    from: Date.now() - 60_000,
  });
  const revoked = new X509Certificate(made.intermediateCertificate).serialNumber.toLowerCase();
  const rootRevocationList = await issueRevocationList(
    { certificate: made.rootCertificate, key: made.rootKey },
    {
      revoked: [{ serial: revoked, at: Date.now(), reason: 'key-compromise' }],
      now: Date.now() + 1000,
      validFor: 400 * 86_400_000,
    },
  );
  return {
    rootCertificate: made.rootCertificate,
    rootRevocationList,
    intermediateCertificate: certificate,
    intermediateKey: privateKeyPem(pair.privateKey),
  };
};

/** Entries whose hashes proofs of this one need: its neighbours at each height. */
export const besides = (index: number): number[] => {
  const found = [index ^ 1];
  for (let height = 1; height < 10; height += 1)
    if ((index >> height) % 2 === 1) found.push(((index >> height) - 1) << height);
  return found.filter((one) => one > 0);
};

export async function indexOf({ app }: Pick<Database, 'app'>, { id }: Leaf): Promise<number> {
  const { rows } = await app.query<{ idx: string }>('SELECT idx FROM audit_entry WHERE id = $1', [id]);
  return Number(rows[0]?.idx ?? assert.fail('no such entry'));
}

/** Index of the newest take-over of an authority. */
export async function newestTake(database: Pick<Database, 'app'>): Promise<number> {
  const takes = (await leavesWhere(database)).filter(({ operation }) => operation === 'takeAuthority');
  return indexOf(database, takes.at(-1) ?? assert.fail('none was taken'));
}

/** What a ceremony left, as it is proposed. */
export interface Replacement {
  readonly certificate?: string;
  readonly revocationList: string;
  readonly reason: string;
}
export const replacementIn = (folder: string): Replacement => ({
  certificate: readFileSync(join(folder, 'authority-intermediate.crt'), 'utf8'),
  revocationList: readFileSync(join(folder, 'authority-root.crl'), 'utf8'),
  reason: '到期更换',
});
