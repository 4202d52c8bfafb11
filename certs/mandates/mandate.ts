/**
 * Mandates (签署授权书): a department's key authorises a person to sign agreements in its name, by which passkey, for which data and until
 * when. A compact JWS of type `datong-mandate+jws` over canonical JSON, made on the machine of the key.
 */
import { createHash } from 'node:crypto';
import type { Bilingual } from '../../terms/bilingual.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { datasetId, departmentCode } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import { isObject } from '../../terms/isObject.ts';

/** `typ` of the JWS, so that a signature for another purpose is never accepted as one. */
export const mandateType = 'datong-mandate+jws';

export type PartyRole = 'provider' | 'consumer' | 'data-office';

export interface Mandate {
  readonly v: 1;
  /** origin of the hub's console, the only place where the person signs: `https://hub.example:8445` */
  readonly console: string;
  readonly department: string;
  /** id of the person */
  readonly person: string;
  /** RFC 7638 thumbprint of the public key of the person's passkey: no other passkey may sign under it */
  readonly passkey: string;
  /** the side that the person signs for */
  readonly role: PartyRole;
  /** only documents on these datasets; absent: any */
  readonly datasets?: readonly string[] | undefined;
  /** RFC 3339 in UTC; half open */
  readonly from: string;
  readonly until: string;
}

/** Milliseconds: the maximum of a mandate is a year and a day. */
const maxTermMs = 366 * 86_400_000;
const forms = {
  person: /^[0-9a-z]{10}$/,
  passkey: /^[A-Za-z0-9_-]{43}$/,
  origin: /^https?:\/\/[^\s/?#]{1,200}$/,
  moment: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/,
} as const;
const members = ['v', 'console', 'department', 'person', 'passkey', 'role', 'from', 'until'] as const;

export const invalidMandate = (reason: Bilingual): Problem => new Problem('mandate_invalid', { reason });

/**
 * @param payload of a JWS that was verified: canonical JSON, so it has no duplicates and a single reading
 * @throws Problem mandate_invalid
 */
export function readMandate(payload: Uint8Array): Mandate {
  const value = parsed(payload);
  if (value === undefined || !isMandate(value))
    throw invalidMandate({ zh: '内容不符合规范', en: 'its members do not match the contract' });
  const [from, until] = [Date.parse(value.from), Date.parse(value.until)];
  if (!(until > from && until - from <= maxTermMs))
    throw invalidMandate({
      zh: '有效期应为起始时间之后 366 日以内',
      en: 'its term is no span of 366 days or less',
    });
  return value;
}

/** The id of a mandate: from its content alone, because one text can have several signatures. */
export const mandateId = (payload: Uint8Array): string => `mdt-${mandateDigest(payload).slice(0, 24)}`;

/** Hex SHA-256 of its content. */
export const mandateDigest = (payload: Uint8Array): string =>
  createHash('sha256').update(payload).digest('hex');

/** The bytes that are signed. */
export const mandateText = (mandate: Mandate): string => canonicalJson({ ...mandate });

/** Half open: at `until` it has ended. @param at Unix milliseconds */
export const holdsAt = ({ from, until }: Mandate, at: number): boolean =>
  Date.parse(from) <= at && at < Date.parse(until);

/** The parts of a document that a mandate restricts. */
export interface MandatedDocument {
  readonly role: PartyRole;
  readonly department: string;
  /** ids of its datasets; undefined: it concerns no particular ones, such as a restriction of the city */
  readonly datasets: readonly string[] | undefined;
}

/** Whether the mandate permits the person to sign this for that side: every dataset of the document is among those of the mandate. */
export const covers = (mandate: Mandate, document: MandatedDocument): boolean =>
  mandate.role === document.role &&
  mandate.department === document.department &&
  (mandate.datasets === undefined ||
    (document.datasets?.every((dataset) => mandate.datasets?.includes(dataset)) ?? false));

function parsed(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = Buffer.from(payload).toString('utf8');
    const value: unknown = JSON.parse(text);
    return isObject(value) && canonicalJson(value as CanonicalValue) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMandate(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Mandate {
  const names = Object.keys(value).filter((name) => name !== 'datasets');
  if (names.length !== members.length || !members.every((name) => Object.hasOwn(value, name))) return false;
  const fits = (name: string, form: RegExp): boolean =>
    typeof value[name] === 'string' && form.test(value[name]);
  return (
    value['v'] === 1 &&
    fits('console', forms.origin) &&
    reads(departmentCode, value['department']) &&
    fits('person', forms.person) &&
    fits('passkey', forms.passkey) &&
    fits('role', /^(?:provider|consumer|data-office)$/) &&
    (['from', 'until'] as const).every((name) => fits(name, forms.moment) && isReal(String(value[name]))) &&
    (!Object.hasOwn(value, 'datasets') || areDatasets(value['datasets']))
  );
}

/** Whether the calendar has this time: Date.parse accepts 30 February and rolls it over. */
const isReal = (text: string): boolean => {
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) === text.slice(0, 19);
};

const areDatasets = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= 50 &&
  new Set(value).size === value.length &&
  value.every((one) => reads(datasetId, one));

function reads(parse: (text: string) => string, value: unknown): boolean {
  try {
    return typeof value === 'string' && parse(value) === value;
  } catch {
    return false;
  }
}
