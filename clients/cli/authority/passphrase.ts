/** The passphrase of a root's key. It may have several parts, each in the file of one person. */
import { createPrivateKey } from 'node:crypto';
import { readBoundedText } from '../boundedFile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

const maxBytes = 4_096;
/**
 * Minimum length of each part, in characters. A thief of the key's file can guess without limit, and an owner of all other parts has only
 * this one to guess. With this length, the rounds of PBES2 (2,048, as the platform writes them) do not matter.
 */
export const minPartLength = 16;

/**
 * The concatenated parts in their order, each without its line end: neither of two persons can open the key alone.
 * @param minLength of each part, in characters
 * @returns undefined where no file is named
 * @throws VerbFailure for a part that is too short
 */
export function passphraseOf(files: readonly string[], minLength = 1): string | undefined {
  if (files.length === 0) return undefined;
  const parts = files.map((file) => readBoundedText(file, maxBytes).replace(/[\r\n]+$/, ''));
  for (const [at, part] of parts.entries())
    if ([...part].length < minLength)
      throw new VerbFailure(exitCode.local, {
        zh: `${files[at] ?? ''} 不足 ${minLength} 个字符：口令的每一份都要这么长`,
        en: `${files[at] ?? ''} has less than ${minLength} characters, which each part of a passphrase has`,
      });
  return parts.join('');
}

/** Encrypts a key with a passphrase (PKCS #8, PEM; PBES2, AES-256). */
export function encryptKey(pem: string, passphrase: string): string {
  return createPrivateKey(pem)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString();
}

/**
 * Decrypts a key, in memory only. A key without a passphrase is returned as it is.
 * @throws VerbFailure where a passphrase is needed and missing, given and not needed, or wrong
 */
export function decryptKey(pem: string, passphrase: string | undefined, file: string): string {
  const isEncrypted = pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  if (isEncrypted === (passphrase === undefined))
    throw new VerbFailure(
      exitCode.usage,
      isEncrypted
        ? {
            zh: `${file} 有口令：用 --passphrase 文件 给出，分几份就写几次，顺序与建根时相同`,
            en: `${file} has a passphrase: --passphrase FILE, once for each part, in the order of the beginning`,
          }
        : {
            zh: `${file} 没有口令，不要 --passphrase`,
            en: `${file} has no passphrase: leave --passphrase out`,
          },
    );
  if (passphrase === undefined) return pem;
  try {
    return createPrivateKey({ key: pem, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    throw new VerbFailure(exitCode.refused, {
      zh: `口令打不开 ${file}：检查内容和顺序`,
      en: `the passphrase does not open ${file}: look at its parts and their order`,
    });
  }
}
