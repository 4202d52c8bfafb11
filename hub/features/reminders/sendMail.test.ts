/** Mail against a real server on loopback: what it takes, what it refuses, and what must never be sent to it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { mailServer } from '../../../tests/mailServer.ts';
import { serverCertificate } from '../../../tests/serverCertificate.ts';
import type { MailConfig } from '../../platform/config/hubConfig.ts';
import { sendMail, mailMessage } from './sendMail.ts';

const { ca, tls } = await serverCertificate();
const direct = await mailServer(tls, 'direct');
const upgraded = await mailServer(tls, 'starttls');
after(() => {
  direct.close();
  upgraded.close();
});
const config: MailConfig = {
  host: 'localhost',
  port: direct.port,
  tls: 'direct',
  ca,
  from: 'hub@yunxi.example',
  domains: ['yunxi.example'],
  login: { user: 'hub', password: '口令 1' },
};
const message = mailMessage(
  { from: 'hub@yunxi.example', to: 'liu@yunxi.example', id: '0190', at: 0 },
  { subject: `【打通】${'待办'.repeat(40)}`, text: `${'行'.repeat(200)}\n.\nend` },
);
const send = (change: Partial<MailConfig> = {}, text = message): Promise<void> =>
  sendMail(
    { ...config, ...change },
    { from: 'hub@yunxi.example', to: 'liu@yunxi.example', message: text },
    new AbortController().signal,
  );
const overUpgrade = { port: upgraded.port, tls: 'starttls' } as const;

test('a mail in Chinese arrives as it was meant, over TLS from the first byte and after STARTTLS', async () => {
  await send();
  await send(overUpgrade);
  assert.equal(upgraded.mails[0], direct.mails[0]);
  const [head = '', body = ''] = (direct.mails[0] ?? '').split('\n\n');
  assert.equal(Buffer.from(body, 'base64').toString('utf8'), `${'行'.repeat(200)}\r\n.\r\nend`);
  const subject = [...head.matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)].map(([, word = '']) =>
    Buffer.from(word, 'base64'),
  );
  assert.equal(Buffer.concat(subject).toString('utf8'), `【打通】${'待办'.repeat(40)}`);
  for (const line of head.split('\n')) assert.ok(line.length <= 76, line);
  const proof = direct.lines.find((line) => line.startsWith('AUTH PLAIN '))?.slice(11) ?? '';
  assert.equal(Buffer.from(proof, 'base64').toString('utf8'), '\0hub\0口令 1');
  assert.ok(
    !upgraded.lines.slice(0, upgraded.lines.indexOf('STARTTLS')).some((line) => line.startsWith('AUTH')),
  );
});

test('a line that begins with a dot does not end the mail', async () => {
  await send({}, 'Subject: x\r\n\r\n.\r\nQUIT\r\n');
  assert.equal(direct.mails.at(-1), 'Subject: x\n\n..\nQUIT\n');
});

test('a server that refuses, or offers no login, is distinguished from one that is not reached', async () => {
  for (const [word, answer, status] of [
    ['RCPT', '550 no such mailbox', 550],
    ['.', '451 later', 451],
    ['AUTH', '535 wrong', 535],
    ['EHLO', '250 AUTH LOGIN', 504],
  ] as const) {
    direct.says.set(word, answer);
    await assert.rejects(send(), { code: 'reminder_refused', facts: { status } }, word);
    direct.says.delete(word);
  }
  await assert.rejects(send({ port: 1 }), { code: 'ECONNREFUSED' });
});

test('no password goes to a server of another name, without TLS that was promised, or after a reply that was slipped in before it', async () => {
  const before = direct.lines.length;
  await assert.rejects(send({ host: '127.0.0.1' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await assert.rejects(send({ ca: (await serverCertificate()).ca }), /certificate/);
  assert.equal(direct.lines.length, before);
  const unsecured = upgraded.lines.length;
  for (const answer of ['454 not now', '220 go on\r\n250 AUTH PLAIN']) {
    upgraded.says.set('STARTTLS', answer);
    await assert.rejects(send(overUpgrade), { code: 'reminder_refused' }, answer);
  }
  assert.ok(!upgraded.lines.slice(unsecured).some((line) => /AUTH|MAIL/.test(line)));
});
