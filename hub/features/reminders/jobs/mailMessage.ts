/** A plain text mail as it goes over the wire (RFC 5322, RFC 2045, RFC 2047): pure. */
import type { ReminderText } from '../../../domain/reminder.ts';

export interface MailEnvelope {
  readonly from: string;
  readonly to: string;
  /** of the reminder: the same in each attempt, so that a mailbox knows a mail that comes twice */
  readonly id: string;
  /** Unix milliseconds */
  readonly at: number;
}

/** Bytes of UTF-8 in one encoded word, in whole characters: with its frame and `Subject: ` within 76 characters. */
const wordBytes = 39;

/** @returns lines with CRLF, none longer than 76 characters but for addresses, none beginning with a dot */
export function mailMessage({ from, to, id, at }: MailEnvelope, { subject, text }: ReminderText): string {
  const body = Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8')
    .toString('base64')
    .replaceAll(/(.{76})/g, '$1\r\n');
  return [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${from.slice(from.indexOf('@') + 1)}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    body,
    '',
  ].join('\r\n');
}

function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const last = words.at(-1) ?? '';
    if (Buffer.byteLength(last + character, 'utf8') > wordBytes) words.push(character);
    else words[words.length - 1] = last + character;
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`).join('\r\n ');
}
