/** `datong hub authority root`: makes a root whose key is never on a hub. */
import type { Command } from 'commander';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createRoot } from '../../../certs/authority/createAuthority.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { writeKey } from '../../../hub/platform/keys/keyFolder.ts';
import { newKeyPair, newSerial } from '../../../machine/newKeyPair.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { collected, fewest, passphraseOf, sealed } from './passphrase.ts';

interface RootOptions {
  readonly name: string;
  readonly out: string;
  readonly passphrase?: readonly string[];
  readonly json?: boolean;
}

export function registerRoot(authority: Command): void {
  authority
    .command('root')
    .description(
      '在离线机器上建根：私钥、证书和空的吊销列表 / on an offline machine: key, certificate and empty revocation list of a root',
    )
    .requiredOption('--name <name>', 'short name of the hub, as datong init takes it')
    .requiredOption('--out <folder>', 'a folder that is not there yet')
    .option(
      '--passphrase <file>',
      'the key opens with what is in it alone; repeated: a part of each person',
      collected,
      [],
    )
    .option('--json', 'answer {pin, folder} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong hub authority root --name yunxi --out /media/root')
    .action(root);
}

/** @throws VerbFailure */
export async function root({ name, out, passphrase: files = [], json }: RootOptions): Promise<void> {
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(name))
    throw new VerbFailure(exitCode.usage, {
      zh: '--name 为小写字母开头的 2 至 40 个小写字母、数字或短横线',
      en: '--name is 2 to 40 lower-case letters, digits or hyphens, a letter first',
    });
  const folder = resolve(out);
  if (existsSync(folder))
    throw new VerbFailure(exitCode.local, {
      zh: `${folder} 已存在：根只建一次，另选文件夹`,
      en: `${folder} is there already: a root is made once, in a folder of its own`,
    });
  const passphrase = passphraseOf(files, fewest);
  const made = await createRoot(name, Date.now(), { keyPair: newKeyPair, serial: newSerial });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const part of ['rootKey', 'rootCertificate', 'rootRevocationList'] as const)
    writeKey(
      folder,
      keyFiles[part],
      part === 'rootKey' && passphrase !== undefined ? sealed(made[part], passphrase) : made[part],
    );
  const pin = pinOf(made.rootCertificate);
  if (json === true) data(JSON.stringify({ pin, folder }));
  else data(pin);
  talk({
    zh: `根已写入 ${folder}；指纹如上，由两人抄下。私钥 ${keyFiles.rootKey} 只留在离线介质上，另存一份`,
    en: `the root is in ${folder}; above is its pin, which two persons write down. The key ${keyFiles.rootKey} stays on offline media, in two copies`,
  });
}
