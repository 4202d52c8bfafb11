import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import {
  binary,
  bytesOf,
  encode,
  explicit,
  identifier,
  integer,
  octets,
  oid,
  parse,
  sequence,
  set,
  text,
  type Node,
} from './asn1.ts';
import { makeMac } from './mac.ts';
import { rounds, seal, type Protection } from './sealing.ts';

export interface KeyStoreContents {
  /** RSA or P-256 */
  readonly privateKey: KeyObject;
  /** certificate of the key, then its issuers; any kind of key and signature, because the bytes are copied unchanged */
  readonly chain: readonly X509Certificate[];
  /** the entry's name: the alias in Java */
  readonly friendlyName: string;
  readonly password: string;
  /** 20 random bytes, for the MAC */
  readonly salt: Uint8Array;
  /** `aes256` unless an old system requires `3des` */
  readonly protection?: Protection;
}

/**
 * Writes a PKCS #12 key store with one key and its chain, for Java, Windows, and nginx tools. The key is encrypted; certificates are
 * public and not encrypted; a MAC covers everything.
 * @throws RangeError where the first certificate is not of the key, or the password is empty
 */
export function writeKeyStore(contents: KeyStoreContents): Uint8Array {
  const { privateKey, chain, password, protection = 'aes256' } = contents;
  const [own] = chain;
  if (own === undefined || !own.checkPrivateKey(privateKey))
    throw new RangeError('the first certificate is not of the key');
  if (password === '') throw new RangeError('a key store without a password protects nothing');
  const attributes = attributesOf(own, contents.friendlyName);
  const certificates = chain.map((one, index) =>
    bag(oid.certificateBag, certificateBag(one), index === 0 ? attributes : undefined),
  );
  const info = parse(binary(privateKey.export({ type: 'pkcs8', format: 'der' })));
  const key = bag(oid.shroudedKeyBag, seal(info, password, protection), attributes);
  const safe = encode(sequence(data(encode(sequence(...certificates))), data(encode(sequence(key)))));
  const mac = makeMac(safe, password, protection === 'aes256' ? 'sha256' : 'sha1', rounds, contents.salt);
  return new Uint8Array(bytesOf(encode(sequence(integer(3), data(safe), mac))));
}

/** ContentInfo of plain data. */
const data = (bytes: string): Node => sequence(identifier(oid.data), explicit(octets(bytes)));

const bag = (kind: string, value: Node, attributes: Node | undefined): Node =>
  sequence(identifier(kind), explicit(value), ...(attributes === undefined ? [] : [attributes]));

const certificateBag = (certificate: X509Certificate): Node =>
  sequence(identifier(oid.x509Certificate), explicit(octets(binary(certificate.raw))));

/** Links key and certificate by the same local id: SHA-1 of the certificate, as all common tools do. */
function attributesOf(certificate: X509Certificate, name: string): Node {
  const id = binary(createHash('sha1').update(certificate.raw).digest());
  return set(
    sequence(identifier(oid.friendlyName), set(text(name))),
    sequence(identifier(oid.localKeyId), set(octets(id))),
  );
}
