/**
 * Texts that are bytes in another form: digests in base64url, ids of exchanges, times. Each is recognized by its length between two
 * quotation marks, and used only if encoding the bytes gives the same text again.
 */

/** Kinds of texts, by their numbers in a packed leaf. */
export const rawForm = { digest: 0, id: 1, time: 2, shortHex: 3, longHex: 4 } as const;
/** Characters of each kind. */
export const rawTextLength = [43, 36, 24, 32, 64] as const;
/** Bytes of each kind. */
export const rawByteLength = [32, 16, 6, 16, 32] as const;
/** Bytes of the longest kind. */
export const maxRawBytes = 32;
/** Characters of the shortest kind. */
const minText = 24;

const base64 = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const hex = new TextEncoder().encode('0123456789abcdef');
const none = 255;
const valuesOf = (signs: Uint8Array): Uint8Array => {
  const values = new Uint8Array(256).fill(none);
  for (const [value, sign] of signs.entries()) values[sign] = value;
  return values;
};
const base64Values = valuesOf(base64);
const hexValues = valuesOf(hex);

const quote = 0x22;
const dash = 0x2d;
const colon = 0x3a;
const point = 0x2e;

/** The kind of text that may begin at a place after a quotation mark; −1 for none. */
export function rawFormAt(text: Uint8Array, at: number): number {
  // shorter kinds first: the text after them may have a quotation mark where a longer one would end
  if (at + minText >= text.length) return -1;
  if (text[at + 24] === quote && text[at + 10] === 0x54 && text[at + 23] === 0x5a) return rawForm.time;
  if (text[at + 32] === quote) return rawForm.shortHex;
  if (text[at + 36] === quote && text[at + 8] === dash) return rawForm.id;
  if (text[at + 43] === quote) return rawForm.digest;
  return text[at + 64] === quote ? rawForm.longHex : -1;
}

/** Writes the bytes of a text. @returns false if they would not give the same text again; the written bytes are invalid then */
export function writeRaw(form: number, text: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  if (form === rawForm.digest) return writeDigest(text, at, into, to);
  if (form === rawForm.id) return writeId(text, at, into, to);
  if (form === rawForm.time) return writeTime(text, at, into, to);
  return writeHex(text, at, into, to, rawByteLength[form] as number);
}

/** Writes the text of these bytes. @returns false if no text has them */
export function readRaw(form: number, bytes: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  if (form === rawForm.digest) readDigest(bytes, at, into, to);
  else if (form === rawForm.id) readId(bytes, at, into, to);
  else if (form === rawForm.time) return readTime(bytes, at, into, to);
  else readHex(bytes, at, into, to, rawByteLength[form] as number);
  return true;
}

function writeHex(text: Uint8Array, at: number, into: Uint8Array, to: number, bytes: number): boolean {
  let wrong = 0;
  for (let nth = 0; nth < bytes; nth += 1) {
    const high = hexValues[text[at + 2 * nth] as number] as number;
    const low = hexValues[text[at + 2 * nth + 1] as number] as number;
    wrong |= high | low;
    into[to + nth] = (high << 4) | low;
  }
  return (wrong & 0xf0) === 0;
}

function readHex(bytes: Uint8Array, at: number, into: Uint8Array, to: number, count: number): void {
  for (let nth = 0; nth < count; nth += 1) {
    const byte = bytes[at + nth] as number;
    into[to + 2 * nth] = hex[byte >> 4] as number;
    into[to + 2 * nth + 1] = hex[byte & 15] as number;
  }
}

function writeDigest(text: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  let wrong = 0;
  let next = to;
  for (let from = at; from < at + 40; from += 4) {
    const a = base64Values[text[from] as number] as number;
    const b = base64Values[text[from + 1] as number] as number;
    const c = base64Values[text[from + 2] as number] as number;
    const d = base64Values[text[from + 3] as number] as number;
    wrong |= a | b | c | d;
    into[next] = (a << 2) | (b >> 4);
    into[next + 1] = (b << 4) | (c >> 2);
    into[next + 2] = (c << 6) | d;
    next += 3;
  }
  const a = base64Values[text[at + 40] as number] as number;
  const b = base64Values[text[at + 41] as number] as number;
  const c = base64Values[text[at + 42] as number] as number;
  into[next] = (a << 2) | (b >> 4);
  into[next + 1] = (b << 4) | (c >> 2);
  // the last character has two unused bits
  return ((wrong | a | b | c) & 0xc0) === 0 && (c & 3) === 0;
}

function readDigest(bytes: Uint8Array, at: number, into: Uint8Array, to: number): void {
  let next = to;
  for (let from = at; from < at + 30; from += 3) {
    const three =
      ((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number);
    into[next] = base64[three >> 18] as number;
    into[next + 1] = base64[(three >> 12) & 63] as number;
    into[next + 2] = base64[(three >> 6) & 63] as number;
    into[next + 3] = base64[three & 63] as number;
    next += 4;
  }
  const two = ((bytes[at + 30] as number) << 8) | (bytes[at + 31] as number);
  into[next] = base64[two >> 10] as number;
  into[next + 1] = base64[(two >> 4) & 63] as number;
  into[next + 2] = base64[(two << 2) & 63] as number;
}

/** Positions of the dashes of an id. */
const isDash = (place: number): boolean => place === 8 || place === 13 || place === 18 || place === 23;

function writeId(text: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  let wrong = 0;
  let next = to;
  for (let place = 0; place < 36; place += 2) {
    if (isDash(place)) {
      if (text[at + place] !== dash) return false;
      place += 1;
    } else if (isDash(place + 1)) return false;
    const high = hexValues[text[at + place] as number] as number;
    const low = hexValues[text[at + place + 1] as number] as number;
    wrong |= high | low;
    into[next] = (high << 4) | low;
    next += 1;
  }
  return (wrong & 0xf0) === 0;
}

function readId(bytes: Uint8Array, at: number, into: Uint8Array, to: number): void {
  let next = to;
  for (let place = 0; place < 16; place += 1) {
    if (place === 4 || place === 6 || place === 8 || place === 10) {
      into[next] = dash;
      next += 1;
    }
    const byte = bytes[at + place] as number;
    into[next] = hex[byte >> 4] as number;
    into[next + 1] = hex[byte & 15] as number;
    next += 2;
  }
}

const dayLength = 86_400_000;

/** The number written by this many digits; larger than any such number if one of them is not a digit. */
function digits(text: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let place = at; place < at + count; place += 1) {
    const digit = (text[place] as number) - 48;
    if (digit < 0 || digit > 9) return 1e9;
    value = 10 * value + digit;
  }
  return value;
}

function writeDigits(value: number, count: number, into: Uint8Array, to: number): void {
  let rest = value;
  for (let place = to + count - 1; place >= to; place -= 1) {
    into[place] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** Days from 0000-03-01 to a date of the proleptic calendar. @param month 1 to 12 */
function dayOf(year: number, month: number, day: number): number {
  const since = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leaps = Math.floor(since / 4) - Math.floor(since / 100) + Math.floor(since / 400);
  return 365 * since + leaps + Math.floor((153 * months + 2) / 5) + day - 1;
}

/** Milliseconds since 0000-03-01. */
function writeTime(text: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  const year = digits(text, at, 4);
  const month = digits(text, at + 5, 2);
  const day = digits(text, at + 8, 2);
  const hour = digits(text, at + 11, 2);
  const minute = digits(text, at + 14, 2);
  const second = digits(text, at + 17, 2);
  const part = digits(text, at + 20, 3);
  if (year < 1 || year > 9999 || month > 12 || day > 31 || hour > 23 || minute > 59) return false;
  if (second > 59 || part > 999) return false;
  const time = dayOf(year, month, day) * dayLength + ((hour * 60 + minute) * 60 + second) * 1000 + part;
  const high = Math.floor(time / 0x1_0000_0000);
  const low = time >>> 0;
  into[to] = high >> 8;
  into[to + 1] = high;
  into[to + 2] = low >>> 24;
  into[to + 3] = low >>> 16;
  into[to + 4] = low >>> 8;
  into[to + 5] = low;
  // rejects a day that no month has, another separator, and a year beyond six bytes
  const again = new Uint8Array(24);
  if (!readTime(into, to, again, 0)) return false;
  for (let place = 0; place < 24; place += 1) if (again[place] !== text[at + place]) return false;
  return true;
}

function readTime(bytes: Uint8Array, at: number, into: Uint8Array, to: number): boolean {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  const low =
    (((bytes[at + 2] as number) << 24) |
      ((bytes[at + 3] as number) << 16) |
      ((bytes[at + 4] as number) << 8) |
      (bytes[at + 5] as number)) >>>
    0;
  const time = high * 0x1_0000_0000 + low;
  const days = Math.floor(time / dayLength);
  const within = time - days * dayLength;
  // 400 years have 146,097 days; years begin in March
  const era = Math.floor(days / 146_097);
  const ofEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const months = Math.floor((5 * ofYear + 2) / 153);
  const month = months < 10 ? months + 3 : months - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  if (year > 9999) return false;
  writeDigits(year, 4, into, to);
  into[to + 4] = dash;
  writeDigits(month, 2, into, to + 5);
  into[to + 7] = dash;
  writeDigits(ofYear - Math.floor((153 * months + 2) / 5) + 1, 2, into, to + 8);
  into[to + 10] = 0x54;
  const seconds = Math.floor(within / 1000);
  writeDigits(Math.floor(seconds / 3600), 2, into, to + 11);
  into[to + 13] = colon;
  writeDigits(Math.floor(seconds / 60) % 60, 2, into, to + 14);
  into[to + 16] = colon;
  writeDigits(seconds % 60, 2, into, to + 17);
  into[to + 19] = point;
  writeDigits(within - seconds * 1000, 3, into, to + 20);
  into[to + 23] = 0x5a;
  return true;
}
