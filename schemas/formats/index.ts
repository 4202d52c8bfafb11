import { cnAdminCode } from './cnAdminCode.ts';
import { cnBankCard } from './cnBankCard.ts';
import { cnMobile } from './cnMobile.ts';
import type { CivilDate } from '../../terms/civilDate.ts';
import { cnResidentId, residentIdFormat } from './cnResidentId.ts';
import { cnUscc } from './cnUscc.ts';
import { date, dateTime, time } from './dateAndTime.ts';

/** A format of the hub: returns undefined when the text has it, otherwise the failing part (`length`, `checksum`, …). */
export type Format = (text: string) => string | undefined;

/** Formats with own code that do not depend on the day. */
const lasting = {
  'cn-uscc': cnUscc,
  'cn-admin-code': cnAdminCode,
  'cn-mobile': cnMobile,
  'cn-bank-card': cnBankCard,
  decimal,
  date,
  time,
  'date-time': dateTime,
  uuid,
  attachment,
  uri,
} as const satisfies Readonly<Record<string, Format>>;

/** Formats with own code, in the order in which they are listed. */
export const ownFormatNames: readonly string[] = ['cn-resident-id', ...Object.keys(lasting)];

/**
 * Formats with own code. Ajv uses them as a yes-no check; explanations use the failing part. @param today birth dates after it are invalid
 */
export function ownFormats(today: () => CivilDate): Readonly<Record<string, Format>> {
  return { 'cn-resident-id': residentIdFormat(today), ...lasting };
}

/** A format with own code that ignores the current date; an identity number may then have a future birth date. */
export const lastingFormats: Readonly<Record<string, Format>> = {
  'cn-resident-id': (text) => cnResidentId(text),
  ...lasting,
};

/** Formats of the profile that ajv-formats checks. */
export const borrowedFormats = ['email', 'ipv4', 'ipv6'] as const;

/** Maximum length of formats that imply one; a schema that names one needs no maxLength. */
export const maxOfFormat: Readonly<Record<string, number>> = {
  'cn-resident-id': 18,
  'cn-uscc': 18,
  'cn-admin-code': 12,
  'cn-mobile': 11,
  'cn-bank-card': 19,
  date: 10,
  time: 24,
  'date-time': 35,
  uuid: 36,
  attachment: 36,
  ipv4: 15,
  ipv6: 45,
  decimal: 40,
};

export const isFormat = (name: string): boolean =>
  ownFormatNames.includes(name) || (borrowedFormats as readonly string[]).includes(name);

/** An exact decimal number as text: no exponent, no leading zeros, no plus sign; at most 38 digits (the limit of PostgreSQL and Oracle). */
export function decimal(text: string): 'form' | 'digits' | undefined {
  if (!isDecimalForm(text)) return 'form';
  if (text.length <= 38) return undefined;
  return text.replace(/[-.]/g, '').length > 38 ? 'digits' : undefined;
}

/** -?(0|[1-9][0-9]*)(.[0-9]+)? */
function isDecimalForm(text: string): boolean {
  const start = text.startsWith('-') ? 1 : 0;
  let whole = start;
  while (isDigitAt(text, whole)) whole += 1;
  if (whole === start || (whole > start + 1 && text.charCodeAt(start) === 48)) return false;
  if (whole === text.length) return true;
  if (text.charCodeAt(whole) !== 46) return false;
  let end = whole + 1;
  while (isDigitAt(text, end)) end += 1;
  return end > whole + 1 && end === text.length;
}

function isDigitAt(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** An absolute URI (RFC 3986 §3). A port is digits up to 65535, an address in brackets is IPv6, every `%` begins two hexadecimal digits. */
export function uri(text: string): 'form' | 'host' | 'port' | undefined {
  const parts = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?([^?#]*)(?:\?[^#]*)?(?:#.*)?$/is.exec(text);
  if (parts === null || !isWritten(text)) return 'form';
  const [, authority, path = ''] = parts;
  if (authority === undefined) return /^(?:\/\/|$)/.test(path) ? 'form' : undefined;
  const [, host = '', port] = /^(?:[^@[\]]*@)?(\[[^\]]*\]|[^:@[\]]*)(?::(\d*))?$/.exec(authority) ?? [];
  if (authority !== '' && host === '' && !/^(?:[^@[\]]*@)?(?::\d*)?$/.test(authority)) return 'port';
  if (host.startsWith('[') && !isIpv6(host.slice(1, -1))) return 'host';
  return Number(port ?? 0) > 65_535 ? 'port' : undefined;
}

/** Unreserved and reserved characters and percent-encodings; brackets belong to the host, one `#` to the fragment. */
function isWritten(text: string): boolean {
  const outside = text.replace(/^([^/?#]*\/\/[^[/?#]*)\[[^\]/?#]*\]/, '$1');
  return /^(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?$/.test(
    outside,
  );
}

/** RFC 4291 §2.2: eight groups, a run of zeros shortened once, the last two as an IPv4 address. */
function isIpv6(text: string): boolean {
  const plain = text.replace(
    /(^|:)(\d{1,3}(?:\.\d{1,3}){3})$/,
    (whole: string, colon: string, ipv4: string) =>
      ipv4.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part)
        ? `${colon}0:0`
        : whole,
  );
  const [front = '', back, ...more] = plain.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const all = [...groups(front), ...groups(back ?? '')];
  if (more.length > 0 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return back === undefined ? all.length === 8 : all.length <= 7;
}

/** RFC 9562 §4: five groups of hexadecimal digits. The URN form (`urn:uuid:…`) is a different text and no uuid. */
export function uuid(text: string): 'length' | 'form' | undefined {
  if (text.length !== 36) return 'length';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? undefined : 'form';
}

/** The id of an attachment as the hub writes it: a uuid in lower case, so that equal ids are equal texts. */
function attachment(text: string): 'length' | 'form' | undefined {
  return uuid(text) ?? (text === text.toLowerCase() ? undefined : 'form');
}
