/** `datong hub authority prolong`: a further certificate for the key of the root, before the current one expires. */
import type { Command } from 'commander';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prolongRoot } from '../../../certs/authority/createAuthority.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { keyFolder, writeKey } from '../../../hub/platform/keys/keyFolder.ts';
import { newSerial } from '../../../machine/newKeyPair.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { collected, opened, passphraseOf } from './passphrase.ts';

interface ProlongOptions {
  readonly root: string;
  readonly out: string;
  readonly passphrase?: readonly string[];
  readonly json?: boolean;
}

export function registerProlong(authority: Command): void {
  authority
    .command('prolong')
    .description(
      '在离线机器上为根的同一把密钥再签一张证书 / on the offline machine: a further certificate for the same key of the root',
    )
    .requiredOption('--root <folder>', 'with the key and certificate of the root')
    .requiredOption('--out <folder>', 'what goes to the hub and to the departments')
    .option('--passphrase <file>', 'of the root’s key, as it was made; repeated: part by part', collected, [])
    .option('--json', 'answer {pin, folder} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong hub authority prolong --root /media/root --out /media/prolonged',
    )
    .action(prolong);
}

/** @throws Problem, VerbFailure before anything is written */
export async function prolong({ root, out, passphrase = [], json }: ProlongOptions): Promise<void> {
  const place = resolve(root);
  const folder = keyFolder(place);
  const rootKey = opened(folder.text(keyFiles.rootKey), passphraseOf(passphrase), keyFiles.rootKey);
  const name = keyFiles.rootCertificate;
  const made = await prolongRoot({ rootCertificate: folder.text(name), rootKey }, Date.now(), newSerial());
  const to = resolve(out);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  if (!writeKey(to, name, made))
    throw new VerbFailure(
      exitCode.local,
      { zh: `${join(to, name)} 已存在`, en: `${join(to, name)} is there already` },
      { zh: '给 --out 另一个文件夹', en: 'name another folder by --out' },
    );
  // all or nothing: later signatures of the root may last as long as this certificate
  rmSync(join(place, `${name}.new`), { force: true });
  writeKey(place, `${name}.new`, made);
  renameSync(join(place, `${name}.new`), join(place, name));
  const pin = pinOf(made);
  if (json === true) data(JSON.stringify({ pin, folder: to }));
  else data(pin);
  talk({
    zh: `新的根证书已写入 ${join(to, name)}，指纹与原来相同，如上。带到枢纽各进程的密钥文件夹，并发给各部门`,
    en: `the new certificate of the root is ${join(to, name)}; its pin, above, is the one it had. Carry it to the key folder of every process, and hand it to the departments`,
  });
}
