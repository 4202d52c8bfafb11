/** The agreement that a request asks for, as far as pages read it; the hub validates it. */
import { canonicalJsonOfRow, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import type { Schemas } from '../api/call.ts';

export interface Rule {
  readonly mask: string;
  readonly [param: string]: unknown;
}
export type Rules = Readonly<Record<string, Rule>>;
export interface WantedGrant {
  readonly dataset: string;
  readonly schema: string;
  readonly fields: Rules;
  readonly reasons?: Reasons;
  readonly [word: string]: unknown;
}
/** Path of a field → why it is needed. */
export type Reasons = Readonly<Record<string, string>>;
export interface Wanted {
  readonly id: string;
  readonly version: number;
  readonly provider: string;
  readonly title?: { readonly zh: string; readonly en: string };
  readonly purposes: readonly string[];
  readonly basis: { readonly type: string; readonly reference?: string; readonly clause?: string };
  readonly valid: { readonly from: string; readonly until: string };
  readonly grants: readonly WantedGrant[];
  readonly [word: string]: unknown;
}

/** The department that receives the data; empty where the document names none. */
export function consumerOf({ consumer }: Wanted): string {
  const department =
    typeof consumer === 'string' ? consumer : (consumer as { readonly department?: unknown }).department;
  return typeof department === 'string' ? department : '';
}

/** The hub compiled it before it took it in. */
export const wantedIn = (document: Schemas['RequestView']['document']): Wanted =>
  document as unknown as Wanted;

export const documentOf = (wanted: Wanted): Schemas['PolicyDocument'] => ({ ...wanted });

/** The same grants with the fields and reasons from the form, by position. */
export const grantsWith = (
  { grants }: Wanted,
  fields: readonly Rules[],
  reasons: readonly Reasons[] = [],
): readonly WantedGrant[] =>
  grants.map((grant, at) => grantWith(grant, fields[at] ?? grant.fields, reasons[at] ?? grant.reasons));

/** The grants from the form, as `grantsWith`; undefined where they are those of the request, in any order. */
export function changedGrants(
  wanted: Wanted,
  fields: readonly Rules[],
  reasons: readonly Reasons[],
): readonly WantedGrant[] | undefined {
  const grants = grantsWith(wanted, fields, reasons);
  return textOf(grants) === textOf(grantsWith(wanted, [])) ? undefined : grants;
}

/** The same text for the same value, in any order of its members. */
const textOf = (value: unknown): string => canonicalJsonOfRow(value as CanonicalValue);

/** The grant with other fields. Reasons without a field, and empty ones, are left out: the form retains them while it is open. */
export function grantWith(
  { reasons: before = {}, ...grant }: WantedGrant,
  fields: Rules,
  reasons: Reasons = {},
): WantedGrant {
  const given = Object.keys(fields).flatMap((field) => {
    const reason = reasons[field] ?? '';
    // an unchanged reason is sent exactly as it was stated, spaces included
    const text = reason === before[field] ? reason : reason.trim();
    return text === '' ? [] : [[field, text] as const];
  });
  return { ...grant, fields, ...(given.length === 0 ? {} : { reasons: Object.fromEntries(given) }) };
}

export const isMasked = ({ mask }: Rule): boolean => mask !== 'clear';

/** Hex SHA-256 of a file that stays on this machine. */
export async function digestOfFile(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
