import { newSerial } from '../machine/newKeyPair.ts';
import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { issueDepartmentCertificate } from '../certs/authority/issueLeaf.ts';
import { readProfile } from '../clients/sdk/profile.ts';
import type { Hub } from '../hub/main.ts';

const day = 86_400_000;

/**
 * Puts a certificate for the same key that began `days` ago in the place of the fresh one, at the hub and at the department, as if the time
 * had passed.
 * @param folder of the department's datong.json
 */
export async function ageCertificate(hub: Hub, folder: string, serial: string, days: number): Promise<void> {
  const path = join(folder, 'datong.json');
  const document = JSON.parse(readFileSync(path, 'utf8')) as { readonly tls: { readonly cert: string } };
  const profile = readProfile(document, path);
  const old = await issueDepartmentCertificate(hub.keys.authority, {
    serial: newSerial(),
    department: profile.department,
    publicKey: createPublicKey(profile.tls.key),
    now: Date.now() - days * day,
  });
  writeFileSync(resolve(folder, document.tls.cert), old.chain);
  await hub.database.owner.query(
    `UPDATE certificate SET serial = $2, pem = $3, not_before = not_before - $4 * interval '1 day',
       not_after = not_after - $4 * interval '1 day' WHERE serial = $1`,
    [serial, old.serial, old.certificate, days],
  );
  await hub.services.identity.reload();
}
