/**
 * Branded identifiers: a plain string gets a brand only through its parser, so an unchecked string from a request can never reach a
 * function that requires one.
 */
import { Problem } from './problem.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `pub-security`: lower-case slug, 2–40 characters. */
export type DepartmentCode = Branded<'DepartmentCode'>;
/** `<department>.<name>`, the slug of a dataset in paths: `pub-security.household`. */
export type DatasetId = Branded<'DatasetId'>;
/** RFC 7638 SHA-256 thumbprint of a signing key, 43 base64url characters. */
export type KeyId = Branded<'KeyId'>;

const slug = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function parser<T extends string>(
  what: 'department' | 'dataset' | 'exchange' | 'batch' | 'keyid',
  accepts: (text: string) => boolean,
): (text: string) => T {
  return (text) => {
    if (typeof text === 'string' && accepts(text)) return text as T;
    throw new Problem('malformed_identifier', { what });
  };
}

export const isUuid7 = (text: string): boolean => uuid7.test(text);

/** @param longest characters */
export const isSlug = (text: string, longest = 60): boolean =>
  text.length >= 2 && text.length <= longest && slug.test(text);

export const isDepartmentCode = (text: string): boolean => isSlug(text, 40);

/** @throws Problem malformed_identifier */
export const departmentCode = parser<DepartmentCode>('department', isDepartmentCode);

/** @throws Problem malformed_identifier */
export const datasetId = parser<DatasetId>('dataset', (text) => {
  const [department = '', name = '', ...rest] = text.split('.');
  return rest.length === 0 && isSlug(department, 40) && isSlug(name, 60);
});

/**
 * UUID version 7 of one call through the request pipeline, checked where it comes from outside; without a brand, because no function
 * requires one. @throws Problem malformed_identifier
 */
export const exchangeId = parser<string>('exchange', isUuid7);
/** UUID version 7 of one submission, likewise. @throws Problem malformed_identifier */
export const batchId = parser<string>('batch', isUuid7);
/** @throws Problem malformed_identifier */
export const keyId = parser<KeyId>('keyid', (text) => /^[A-Za-z0-9_-]{43}$/.test(text));

/** The department that provides a dataset: the part before the dot. */
export function providerOf(dataset: DatasetId): DepartmentCode {
  return dataset.slice(0, dataset.indexOf('.')) as DepartmentCode;
}
