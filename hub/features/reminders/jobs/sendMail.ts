/**
 * One mail by the office's own server (RFC 5321, RFC 3207, RFC 4954): a connection, at most one login, one recipient. Owner of the socket,
 * which is gone when `sendMail` ends. Why no library: docs/decisions/0034-reminders.md.
 */
import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Problem } from '../../../../terms/problem.ts';
import type { MailConfig } from '../../../platform/config/hubConfig.ts';

export interface Mail {
  readonly from: string;
  readonly to: string;
  /** as `mailMessage` makes it */
  readonly message: string;
}

/** milliseconds for the whole */
const patience = 30_000;
/** no answer of a server is longer, in characters */
const longestAnswer = 16_384;

/** @throws Problem reminder_refused where the server says no, anything else where it is not reached */
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
    // taken: whether it also says goodbye changes nothing
    await talk('QUIT', [221]).catch(() => undefined);
  } finally {
    socket.destroy();
  }
}

/** How the hub calls itself: what a server sees of it is its address. */
const named = '[127.0.0.1]';

const refused = (status: number): Problem => new Problem('reminder_refused', { status });

async function opened(server: MailConfig, signal: AbortSignal): Promise<Socket> {
  const { host, port } = server;
  const plain = connectPlain({
    host,
    port,
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  });
  // what fails while nobody listens is heard by the next who reads
  plain.on('error', () => undefined);
  await once(plain, 'connect');
  return server.tls === 'direct' ? secured(server, plain) : plain;
}

async function secured({ host, ca }: MailConfig, plain: Socket): Promise<Socket> {
  const secure = connectTls({
    ...{ socket: plain, host, minVersion: 'TLSv1.2' },
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  secure.on('error', () => undefined);
  plain.on('close', () => secure.destroy());
  await once(secure, 'secureConnect');
  return secure;
}

/**
 * Says a line and waits for the answer.
 * @returns says it; undefined: the server speaks first. What came before it was asked for is another's, and ends the talk
 */
function dialogue(socket: Socket): (line: string | undefined, wanted: readonly number[]) => Promise<string> {
  let heard = '';
  let ended: Error | undefined;
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    if (heard.length > longestAnswer) socket.destroy();
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
      if (heard !== '') throw refused(500);
      socket.write(`${line}\r\n`);
    }
    for (;;) {
      const answer = /^(?:[0-9]{3}-[^\r\n]*\r?\n)*([0-9]{3})(?: [^\r\n]*)?\r?\n/.exec(heard);
      if (answer !== null) {
        const status = Number(answer[1]);
        heard = heard.slice(answer[0].length);
        // said before TLS, and read as if it came under it (CVE-2011-0411)
        const slippedIn = line === 'STARTTLS' && heard !== '';
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
