/** Reads a PKCS #12 key store (RFC 7292) of Java, Windows or OpenSSL: `.p12`, `.pfx`. */
import { asIs } from '../../terms/bilingual.ts';
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { acceptedTlsKey } from '../authority/keyPair.ts';
import {
  binary,
  bytesOf,
  content,
  encode,
  members,
  oid,
  oidOf,
  parse,
  sequence,
  Unexpected,
  type Node,
} from './asn1.ts';
import { checkMac } from './mac.ts';
import { open } from './sealing.ts';

/** bytes; a store with one key and its chain has about 5,000 */
const maxStoreBytes = 1_048_576;

export interface KeyStore {
  /** RSA of 2048 to 4096 bits, or P-256 */
  readonly privateKey: KeyObject;
  /** the certificates of this key first, then every other one of the store */
  readonly certificates: readonly X509Certificate[];
}

/**
 * The private key of a store. The encryption of old stores (RC2 with 40 bits, 3DES) is supported too. Certificates are returned
 * unverified. Entries of other kinds are skipped.
 * @param alias friendly name of the key, where the store holds several; letter case does not count, as in Java
 * @throws Problem key_store_malformed, key_store_too_large, key_store_password_wrong, key_store_unsupported, key_store_without_key,
 * key_store_several_keys, key_store_key_kind
 */
export function readKeyStore(bytes: Uint8Array, password: string, alias?: string): KeyStore {
  if (bytes.length > maxStoreBytes) throw new Problem('key_store_too_large', { limit: maxStoreBytes });
  try {
    const bags = openStore(binary(bytes), password);
    const privateKey = chosenKey(bags, password, alias);
    return { privateKey, certificates: certificatesOf(bags, privateKey) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('key_store_malformed', {}, { cause: error });
  }
}

interface Bag {
  readonly kind: string;
  readonly value: Node;
  readonly name: string | undefined;
}

/** PFX: version 3, the content with the safes, a MAC over it. */
function openStore(bytes: string, password: string): readonly Bag[] {
  const [version, outer, mac] = members(parse(bytes));
  const [kind, tagged] = members(outer);
  if (content(version) !== '\u0003' || oidOf(kind) !== oid.data)
    throw new Unexpected('not a PFX of version 3');
  const safe = content(members(tagged)[0]);
  checkMac(safe, mac, password);
  return members(parse(safe)).flatMap((one) => openSafe(one, password));
}

/** One ContentInfo, plain or encrypted. */
function openSafe(safe: Node, password: string): readonly Bag[] {
  const [kind, tagged] = members(safe);
  const inner = members(tagged)[0];
  if (oidOf(kind) === oid.data) return members(parse(content(inner))).map(readBag);
  if (oidOf(kind) !== oid.encryptedData)
    throw new Problem('key_store_unsupported', { what: asIs(oidOf(kind)) });
  const [, algorithm, data] = members(members(inner)[1]);
  if (algorithm === undefined || data === undefined) throw new Unexpected('no encrypted content');
  return members(open(sequence(algorithm, data), password)).map(readBag);
}

function readBag(bag: Node): Bag {
  const [kind, tagged, attributes] = members(bag);
  const value = members(tagged)[0];
  if (value === undefined) throw new Unexpected('an empty bag');
  const named = (attributes === undefined ? [] : members(attributes))
    .map((attribute) => members(attribute))
    .find(([attribute]) => oidOf(attribute) === oid.friendlyName);
  return {
    kind: oidOf(kind),
    value,
    name: named === undefined ? undefined : content(members(named[1])[0]),
  };
}

function chosenKey(bags: readonly Bag[], password: string, alias: string | undefined): KeyObject {
  const wanted = alias?.toLowerCase();
  const keys = bags
    .filter(({ kind }) => kind === oid.keyBag || kind === oid.shroudedKeyBag)
    .filter(({ name }) => wanted === undefined || name?.toLowerCase() === wanted);
  const [only, ...others] = keys;
  if (only === undefined) throw new Problem('key_store_without_key');
  if (others.length > 0) {
    const names = keys.map(({ name }) => name ?? '–').join(', ');
    throw new Problem('key_store_several_keys', { names });
  }
  const info = only.kind === oid.shroudedKeyBag ? open(only.value, password) : only.value;
  return acceptedKey(bytesOf(encode(info)));
}

/** @param info PrivateKeyInfo (PKCS #8), DER */
function acceptedKey(info: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: info, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Problem('key_store_key_kind', { keyKind: '?' }, { cause });
  }
  const { accepted, kind } = acceptedTlsKey(key);
  if (!accepted) throw new Problem('key_store_key_kind', { keyKind: kind });
  return key;
}

function certificatesOf(bags: readonly Bag[], key: KeyObject): readonly X509Certificate[] {
  const all = bags
    .filter(
      ({ kind, value }) => kind === oid.certificateBag && oidOf(members(value)[0]) === oid.x509Certificate,
    )
    .map(({ value }) => new X509Certificate(bytesOf(content(members(members(value)[1])[0]))));
  const own = all.filter((one) => one.checkPrivateKey(key));
  return [...own, ...all.filter((one) => !own.includes(one))];
}
