import { createHmac, type KeyObject } from 'node:crypto';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';

/**
 * Whom a row is about, as a keyed hash (HMAC-SHA-256 under the hub's lasting subject key over kind, newline and value, hex):
 * the row's `_subject`, computed at intake. The same person has the same hash in every dataset.
 */
export function subjectHasher(
  key: KeyObject,
  schema: DatasetSchema,
): (row: Readonly<Record<string, unknown>>) => string | undefined {
  const { subject } = schema;
  if (subject === undefined) return () => undefined;
  return (row) => {
    const value = row[subject.field];
    return typeof value === 'string' ? subjectHash(key, subject.kind, value) : undefined;
  };
}

/** The hash of one subject, hex. @param kind person, organization or place */
export function subjectHash(key: KeyObject, kind: string, value: string): string {
  return createHmac('sha256', key).update(`${kind}\n${value}`, 'utf8').digest('hex');
}
