import { cnAdminCode } from './cnAdminCode.ts';
import { cnBankCard } from './cnBankCard.ts';
import { cnMobile } from './cnMobile.ts';
import type { CivilDate } from '../../terms/civilDate.ts';
import { cnResidentId, residentIdFormat } from './cnResidentId.ts';
import { cnUscc } from './cnUscc.ts';
import { date, dateTime, time } from './dateAndTime.ts';
import { decimal } from './decimal.ts';
import { uri } from './uri.ts';
import { uuid } from './uuid.ts';

/** A format of the hub: undefined when the text has it, else the part that fails (`length`, `checksum`, …). */
export type Format = (text: string) => string | undefined;

/** Formats with own code that say the same on every day. */
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
  uri,
} as const satisfies Readonly<Record<string, Format>>;

/** Formats with own code, in the order in which they are told. */
export const ownFormatNames: readonly string[] = ['cn-resident-id', ...Object.keys(lasting)];

/** Formats with own code. Ajv asks them yes or no; explanations use the part. @param today nobody is born after it */
export function ownFormats(today: () => CivilDate): Readonly<Record<string, Format>> {
  return { 'cn-resident-id': residentIdFormat(today), ...lasting };
}

/** A format with own code where no date counts; an identity number may then be one of tomorrow. */
export const lastingFormats: Readonly<Record<string, Format>> = {
  'cn-resident-id': (text) => cnResidentId(text),
  ...lasting,
};

/** Formats of the profile that ajv-formats checks. */
export const borrowedFormats = ['email', 'ipv4', 'ipv6'] as const;

/** Longest text of formats that bound it by themselves; a schema that names one needs no maxLength. */
export const longestOfFormat: Readonly<Record<string, number>> = {
  'cn-resident-id': 18,
  'cn-uscc': 18,
  'cn-admin-code': 12,
  'cn-mobile': 11,
  'cn-bank-card': 19,
  date: 10,
  time: 24,
  'date-time': 35,
  uuid: 36,
  ipv4: 15,
  ipv6: 45,
  decimal: 40,
};

export const isFormat = (name: string): boolean =>
  ownFormatNames.includes(name) || (borrowedFormats as readonly string[]).includes(name);
