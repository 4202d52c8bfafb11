/**
 * Texts of the profile's formats that cannot belong to a real person: regions of the demonstration (99….), an unallocated mobile range,
 * addresses reserved for documentation (RFC 2606, RFC 5737, RFC 3849).
 */
import { civilDateText } from '../../terms/civilDate.ts';
import { luhnSum } from '../formats/cnBankCard.ts';
import { checkCharacterOf } from '../formats/cnResidentId.ts';
import { usccAlphabet, usccCheckCharacter } from '../formats/cnUscc.ts';
import type { Random } from './random.ts';

const demoRegions = ['990101', '990102', '990103'] as const;

const samplers: Readonly<Record<string, (random: Random) => string>> = {
  'cn-resident-id': (random) => {
    const digits = `${random.pick(demoRegions)}${date(random, 1950, 2020).replaceAll('-', '')}${random.digits(3)}`;
    return `${digits}${checkCharacterOf(digits)}`;
  },
  'cn-uscc': (random) => {
    const organisation = Array.from({ length: 9 }, () => random.pick(Array.from(usccAlphabet))).join('');
    const characters = `91${random.pick(demoRegions)}${organisation}`;
    return `${characters}${usccCheckCharacter(characters)}`;
  },
  // a county, a town or a village of regions that do not exist
  'cn-admin-code': (random) => `99${random.digits(random.pick([4, 7, 10]))}`,
  'cn-mobile': (random) => `1540${random.digits(7)}`,
  'cn-bank-card': (random) => {
    const digits = `9${random.digits(17)}`;
    return `${digits}${(10 - (luhnSum(`${digits}0`) % 10)) % 10}`;
  },
  decimal: (random) => `${random.whole(0, 99_999)}.${random.digits(2)}`,
  date: (random) => date(random, 1990, 2025),
  time: (random) => `${clock(random)}+08:00`,
  'date-time': (random) => `${date(random, 1990, 2025)}T${clock(random)}+08:00`,
  uuid,
  attachment: uuid,
  uri: (random) => `https://example.org/${random.digits(4)}`,
  email: (random) => `user${random.digits(3)}@example.org`,
  ipv4: (random) => `192.0.2.${random.whole(1, 254)}`,
  ipv6: (random) => `2001:db8::${random.whole(1, 9999)}`,
};

/** A text of a format; undefined for formats outside the profile. */
export function sampleFormat(format: string, random: Random): string | undefined {
  return Object.hasOwn(samplers, format) ? samplers[format]?.(random) : undefined;
}

function date(random: Random, from: number, to: number): string {
  return civilDateText({
    year: random.whole(from, to),
    month: random.whole(1, 12),
    day: random.whole(1, 28),
  });
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 30 }, () => random.pick(Array.from('0123456789abcdef'))).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18)}`;
}

function clock(random: Random): string {
  return [random.whole(0, 23), random.whole(0, 59), random.whole(0, 59)]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
