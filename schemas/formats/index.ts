import { cnAdminCode } from './cnAdminCode.ts';
import { cnBankCard } from './cnBankCard.ts';
import { cnMobile } from './cnMobile.ts';
import { cnResidentId } from './cnResidentId.ts';
import { cnUscc } from './cnUscc.ts';
import { date, dateTime, time } from './dateAndTime.ts';
import { decimal } from './decimal.ts';

/** A format of the hub: undefined when the text has it, else the part that fails (`length`, `checksum`, …). */
export type Format = (text: string) => string | undefined;

/** Formats with own code. Ajv asks them yes or no; explanations use the part. */
export const ownFormats: Readonly<Record<string, Format>> = {
  'cn-resident-id': (text) => cnResidentId(text),
  'cn-uscc': cnUscc,
  'cn-admin-code': cnAdminCode,
  'cn-mobile': cnMobile,
  'cn-bank-card': cnBankCard,
  decimal,
  date,
  time,
  'date-time': dateTime,
};

/** Formats of the profile that ajv-formats checks. */
export const borrowedFormats = ['uuid', 'uri', 'email', 'ipv4', 'ipv6'] as const;

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
  uuid: 45,
  ipv4: 15,
  ipv6: 45,
  decimal: 40,
};

export const isFormat = (name: string): boolean =>
  Object.hasOwn(ownFormats, name) || (borrowedFormats as readonly string[]).includes(name);
