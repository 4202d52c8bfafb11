/** The password-protected values of a key store: `SEQUENCE {AlgorithmIdentifier, OCTET STRING}`, for keys and certificates alike. */
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { content, forge, members, octets, oid, oidOf, sequence, type Node } from './asn1.ts';

/** `aes256` is PBES2 with AES-256 and SHA-256. `3des` is for Windows Server 2016 and Java before 8u301, with SHA-1. */
export type Protection = 'aes256' | '3des';

/** The same number as in Java's own stores. */
export const rounds = 10_000;

const readable: readonly string[] = [oid.pbes2, oid.tripleDes, oid.rc2With40Bits];

/** PBES2 takes the password as UTF-8 (as OpenSSL and Java write it), the older schemes as UTF-16, which forge makes itself. */
const passwordFor = (scheme: string, password: string): string =>
  scheme === oid.pbes2 ? Buffer.from(password, 'utf8').toString('latin1') : password;

/**
 * @param sealed EncryptedPrivateKeyInfo
 * @throws Problem key_store_unsupported, key_store_password_wrong (the MAC was valid: the key has another password)
 */
export function open(sealed: Node, password: string): Node {
  const [algorithm, data] = members(sealed);
  const scheme = oidOf(members(algorithm)[0]);
  if (!readable.includes(scheme) || algorithm === undefined)
    throw new Problem('key_store_unsupported', { what: asIs(scheme) });
  const whole = sequence(algorithm, octets(content(data)));
  let opened: unknown; // the types omit that it is null where the padding is wrong
  try {
    opened = forge.pki.decryptPrivateKeyInfo(whole, passwordFor(scheme, password));
  } catch (cause) {
    // forge reports an unsupported cipher or hash inside PBES2 so; other errors are caused by a wrong key
    if (cause instanceof Error && cause.message.includes('nsupported')) {
      throw new Problem('key_store_unsupported', { what: asIs(scheme) }, { cause });
    }
    throw new Problem('key_store_password_wrong', {}, { cause });
  }
  if (opened === null) throw new Problem('key_store_password_wrong');
  return opened as Node;
}

/** @param key PrivateKeyInfo */
export function seal(key: Node, password: string, protection: Protection): Node {
  const scheme = protection === 'aes256' ? oid.pbes2 : oid.tripleDes;
  return forge.pki.encryptPrivateKeyInfo(key, passwordFor(scheme, password), {
    algorithm: protection,
    count: rounds,
    saltSize: 16,
    prfAlgorithm: 'sha256',
  });
}
