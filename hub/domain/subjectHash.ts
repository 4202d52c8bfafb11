import { createHmac, type KeyObject } from 'node:crypto';
import { hmacText } from '../../policies/masks/pseudonyms/pseudonym.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';

/** Bytes of the keyed hash of a subject. */
export const subjectLength = 32;

/**
 * Hashes the subject of a row with a key (HMAC-SHA-256 under the hub's permanent subject key over kind, newline and value, hex): the
 * row's `_subject`, computed at intake. The same person has the same hash in every dataset.
 * @returns a function that hashes the value of the schema's subject field
 */
export function subjectHasher(key: KeyObject, schema: DatasetSchema): (value: unknown) => string | undefined {
  const { subject } = schema;
  if (subject === undefined) return () => undefined;
  const hash = hmacText('sha256', new Uint8Array(key.export()), 'hex');
  return (value) => (typeof value === 'string' ? hash(`${subject.kind}\n${value}`) : undefined);
}

/** The input for hashing the subjects of a schema: the key, and the prefix of each value; undefined where the schema has no subject. */
export const subjectParts = (
  key: KeyObject,
  { subject }: DatasetSchema,
): { readonly key: Uint8Array; readonly prefix: string } | undefined =>
  subject === undefined ? undefined : { key: new Uint8Array(key.export()), prefix: `${subject.kind}\n` };

/** The same for many subjects of any kind, in half the time: the key is prepared once. */
export function subjectHashes(key: KeyObject): (kind: string, value: string) => string {
  const hash = hmacText('sha256', new Uint8Array(key.export()), 'hex');
  return (kind, value) => hash(`${kind}\n${value}`);
}

/** The hash of one subject, hex. @param kind person, organization or place */
export function subjectHash(key: KeyObject, kind: string, value: string): string {
  return createHmac('sha256', key).update(`${kind}\n${value}`).digest('hex');
}
