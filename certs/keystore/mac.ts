/** The MAC over a whole key store (RFC 7292 §4 and appendix B): only it distinguishes a wrong password from a damaged file. */
import { asIs } from '../../terms/bilingual.ts';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import {
  binary,
  bytesOf,
  content,
  forge,
  identifier,
  integer,
  members,
  nothing,
  octets,
  oid,
  oidOf,
  sequence,
  Unexpected,
  type Node,
} from './asn1.ts';

export type MacHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';
const hashes: readonly MacHash[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const keyLength = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;

/** A file with more rounds is rejected as hostile. Windows uses 2,000, Java 10,000. */
const maxRounds = 1_000_000;

function macOf(
  safe: string,
  password: string,
  { hash, salt, rounds }: { readonly hash: MacHash; readonly salt: string; readonly rounds: number },
): Buffer {
  const buffer = forge.util.createBuffer(salt);
  const digest = forge.md[hash].create();
  const key = forge.pkcs12.generateKey(password, buffer, 3, rounds, keyLength[hash], digest);
  return createHmac(hash, bytesOf(key.getBytes())).update(bytesOf(safe)).digest();
}

/**
 * @param safe the content that the MAC covers
 * @param mac MacData of the store, undefined where it has none
 * @throws Problem key_store_password_wrong, key_store_unsupported
 */
export function checkMac(safe: string, mac: Node | undefined, password: string): void {
  if (mac === undefined) throw new Problem('key_store_unsupported', { what: 'no MAC' });
  const [digestInfo, salt, iterations] = members(mac);
  const [algorithm, digest] = members(digestInfo);
  const named = oidOf(members(algorithm)[0]);
  const hash = hashes.find((one) => oid[one] === named);
  if (hash === undefined) throw new Problem('key_store_unsupported', { what: asIs(`MAC ${named}`) });
  const rounds =
    iterations === undefined ? 1 : Number.parseInt(bytesOf(content(iterations)).toString('hex'), 16);
  if (!(rounds >= 1)) throw new Unexpected('no rounds');
  if (rounds > maxRounds)
    throw new Problem('key_store_unsupported', {
      what: { zh: `MAC 迭代 ${rounds} 次`, en: `MAC, ${rounds} iterations` },
    });
  const own = macOf(safe, password, { hash, salt: content(salt), rounds });
  const expected = bytesOf(content(digest));
  if (own.length !== expected.length || !timingSafeEqual(own, expected))
    throw new Problem('key_store_password_wrong');
}

/** MacData for a new store. @param random 20 bytes that were never used: the salt */
export function makeMac(
  safe: string,
  password: string,
  hash: MacHash,
  rounds: number,
  random: Uint8Array,
): Node {
  const salt = binary(random);
  const mac = macOf(safe, password, { hash, salt, rounds });
  return sequence(
    sequence(sequence(identifier(oid[hash]), nothing()), octets(binary(mac))),
    octets(salt),
    integer(rounds),
  );
}
