/**
 * Sends reminders: one mail by the office's own server, or one signed call of a department's webhook (`callWebhook`). A mail (RFC 5321,
 * RFC 3207, RFC 4954) takes one connection, at most one login, one recipient. Owns the connection, which is closed when `sendMail` or
 * `callWebhook` ends. Why no library is used: docs/decisions/0034-reminders.md.
 */
import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Problem } from '../../../terms/problem.ts';
import type { MailConfig, WebhookConfig } from '../../platform/config/hubConfig.ts';
import type { ReminderText } from '../../domain/reminder.ts';
import { retryAfterOf } from '../../flows/deliveries/retrySchedule.ts';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { defined } from '../../../terms/defined.ts';

export interface Mail {
  readonly from: string;
  readonly to: string;
  /** as `mailMessage` makes it */
  readonly message: string;
}

/** maximum length of a server's answer, in characters */
const maxAnswerLength = 16_384;

/** @param signal ends the attempt @throws Problem reminder_refused where the server rejects the mail, another error where it is not reached */
export async function sendMail(server: MailConfig, mail: Mail, signal: AbortSignal): Promise<void> {
  let socket = await opened(server, signal);
  try {
    let talk = dialogue(socket);
    await talk(undefined, [220]);
    let able = await talk(`EHLO ${named}`, [250]);
    if (server.tls === 'starttls') {
      await talk('STARTTLS', [220]);
      socket = await secured(server, socket);
      talk = dialogue(socket);
      able = await talk(`EHLO ${named}`, [250]);
    }
    if (server.login !== undefined) {
      const { user, password } = server.login;
      if (!/^250[ -]AUTH(?:[ =].*)?\bPLAIN\b/im.test(able)) throw refused(504);
      const proof = Buffer.from(`\0${user}\0${password}`, 'utf8').toString('base64');
      await talk(`AUTH PLAIN ${proof}`, [235]);
    }
    await talk(`MAIL FROM:<${mail.from}>`, [250]);
    await talk(`RCPT TO:<${mail.to}>`, [250, 251]);
    await talk('DATA', [354]);
    await talk(`${mail.message.replaceAll(/^\./gm, '..')}.`, [250]);
    // the server has accepted the mail: its answer to QUIT does not matter
    await talk('QUIT', [221]).catch(() => undefined);
  } finally {
    socket.destroy();
  }
}

/** The name in EHLO: the server identifies the hub by its address. */
const named = '[127.0.0.1]';

const refused = (status: number): Problem => new Problem('reminder_refused', { status });

async function opened(server: MailConfig, signal: AbortSignal): Promise<Socket> {
  const { host, port } = server;
  const plain = connectPlain({ host, port, signal });
  // an error without a listener is reported by the next read
  plain.on('error', () => undefined);
  await once(plain, 'connect');
  return server.tls === 'direct' ? secured(server, plain) : plain;
}

async function secured({ host, ca }: MailConfig, plain: Socket): Promise<Socket> {
  const secure = connectTls({
    socket: plain,
    host,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...defined({ ca }),
  });
  secure.on('error', () => undefined);
  plain.on('close', () => secure.destroy());
  await once(secure, 'secureConnect');
  return secure;
}

/**
 * Sends lines, each once the answer to the one before has arrived.
 * @returns a function of a line and the accepted statuses. Without a line it only waits (the greeting). Data that arrives before a line is
 *   sent answers nothing, and ends the dialogue
 */
function dialogue(socket: Socket): (line: string | undefined, wanted: readonly number[]) => Promise<string> {
  let received = '';
  let ended: Error | undefined;
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    if (received.length > maxAnswerLength) socket.destroy();
    wake?.();
  });
  socket.on('error', (error) => {
    ended = error;
    wake?.();
  });
  socket.on('close', () => {
    ended ??= Object.assign(new Error('closed'), { code: 'ECONNRESET' });
    wake?.();
  });
  return async (line, wanted) => {
    if (line !== undefined) {
      if (received !== '') throw refused(500);
      socket.write(`${line}\r\n`);
    }
    for (;;) {
      const answer = /^(?:[0-9]{3}-[^\r\n]*\r?\n)*([0-9]{3})(?: [^\r\n]*)?\r?\n/.exec(received);
      if (answer !== null) {
        const status = Number(answer[1]);
        received = received.slice(answer[0].length);
        // sent before TLS and read as if it came under TLS (CVE-2011-0411)
        const slippedIn = line === 'STARTTLS' && received !== '';
        if (slippedIn || !wanted.includes(status)) throw refused(slippedIn ? 500 : status);
        return answer[0];
      }
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

interface MailEnvelope {
  readonly from: string;
  readonly to: string;
  /** of the reminder: the same in each attempt, so that a mailbox detects a repeated mail */
  readonly id: string;
  /** Unix milliseconds */
  readonly at: number;
}

/** Bytes of UTF-8 in one encoded word, in whole characters. With its frame and `Subject: ` a line has at most 76 characters. */
const wordBytes = 39;

/**
 * A plain text mail as it is sent (RFC 5322, RFC 2045, RFC 2047). Pure.
 * @returns lines with CRLF, none longer than 76 characters except addresses, none beginning with a dot
 */
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

/**
 * One signed call of a department's own server. Only the status of its answer is read, and no redirection is followed.
 * @param url https, of a host that the operator has named
 * @param token compact JWS: the whole body
 * @param attempt.signal ends the attempt @param attempt.now Unix milliseconds
 * @returns its status, and the milliseconds that it asks to wait
 * @throws Error where it is not reached
 */
export async function callWebhook(
  { ca }: WebhookConfig,
  url: string,
  token: string,
  { signal, now }: { readonly signal: AbortSignal; readonly now: number },
): Promise<{ readonly status: number; readonly retryAfter: number }> {
  const body = Buffer.from(token, 'ascii');
  const call = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/jose', 'content-length': body.length },
    agent: false,
    minVersion: 'TLSv1.2',
    signal,
    ...defined({ ca }),
  });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  call.on('error', () => undefined);
  call.end(body);
  try {
    const [{ statusCode: status = 0, headers }] = await answered;
    return { status, retryAfter: retryAfterOf(headers['retry-after'], now) };
  } finally {
    call.destroy();
  }
}
