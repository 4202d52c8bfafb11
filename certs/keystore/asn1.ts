/**
 * The only file that loads node-forge, with the few ASN.1 functions that a key store needs. Its values are «binary strings», one
 * character per byte. Certificates and keys remain raw bytes, because forge parses only RSA, while the hub's chain is P-256.
 */
import forge from 'node-forge';

const { asn1 } = forge;
export type Node = forge.asn1.Asn1;

export const oid = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  tripleDes: '1.2.840.113549.1.12.1.3',
  rc2With40Bits: '1.2.840.113549.1.12.1.6',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

/** Thrown by the readers below for anything unexpected; readKeyStore turns it into a Problem. */
export class Unexpected extends Error {}

/** Members of a SEQUENCE, SET or explicit tag. */
export function members(node: Node | undefined): readonly Node[] {
  if (node === undefined || typeof node.value === 'string')
    throw new Unexpected('a constructed value is wanted');
  return node.value;
}

/** The content of a primitive value; of an OCTET STRING also in pieces, as BER allows and some exporters write. */
export function content(node: Node | undefined): string {
  if (node === undefined) throw new Unexpected('a value is wanted');
  return typeof node.value === 'string' ? node.value : node.value.map((piece) => content(piece)).join('');
}

export const oidOf = (node: Node | undefined): string => asn1.derToOid(content(node));

export const parse = (bytes: string): Node => asn1.fromDer(bytes);
export const encode = (node: Node): string => asn1.toDer(node).getBytes();

export const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const { Type } = asn1;

export const sequence = (...of: readonly Node[]): Node =>
  asn1.create(UNIVERSAL, Type.SEQUENCE, true, [...of]);
export const set = (...of: readonly Node[]): Node => asn1.create(UNIVERSAL, Type.SET, true, [...of]);
/** The explicit tag [0]. */
export const explicit = (of: Node): Node => asn1.create(CONTEXT_SPECIFIC, Type.NONE, true, [of]);
export const octets = (bytes: string): Node => asn1.create(UNIVERSAL, Type.OCTETSTRING, false, bytes);
export const nothing = (): Node => asn1.create(UNIVERSAL, Type.NULL, false, '');
export const text = (value: string): Node => asn1.create(UNIVERSAL, Type.BMPSTRING, false, value);
export const integer = (value: number): Node =>
  asn1.create(UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(value).getBytes());
export const identifier = (dotted: string): Node =>
  asn1.create(UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes());

export { forge };
