/** A mail server and a receiver of webhooks on loopback, and the members of hub.json that name them, for tests of reminders. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { mailServer, type MailServer } from './mailServer.ts';
import { serverCertificate } from './serverCertificate.ts';

export interface WebhookCall {
  readonly url: string;
  readonly type: string;
  /** a signed reminder, as JWS */
  readonly body: string;
}

export interface ReminderServers {
  readonly mail: MailServer;
  /** what was posted, in the order of arrival */
  readonly calls: readonly WebhookCall[];
  /** of the receiver */
  readonly origin: string;
  /** member `reminders` of hub.json */
  readonly reminders: { readonly mail: object; readonly webhooks: object };
  /** removed by `close` */
  readonly folder: string;
  readonly close: () => void;
}

/** @param answer ends the reply to a webhook call (default: 204 without a body) */
export async function reminderServers(
  answer: (reply: ServerResponse) => unknown = (reply) => reply.writeHead(204).end(),
): Promise<ReminderServers> {
  const folder = mkdtempSync(join(tmpdir(), 'datong-reminders-'));
  const { ca, tls } = await serverCertificate();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca);
  const mail = await mailServer(tls, 'direct');
  const calls: WebhookCall[] = [];
  const receiver = createServer(tls, (request, reply) => {
    void text(request).then((body) => {
      calls.push({ url: request.url ?? '', type: request.headers['content-type'] ?? '', body });
      answer(reply);
    });
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const at = receiver.address();
  const host = `localhost:${typeof at === 'object' && at !== null ? at.port : 0}`;
  return {
    mail,
    calls,
    origin: `https://${host}`,
    folder,
    reminders: {
      mail: {
        host: 'localhost',
        port: mail.port,
        caFile,
        from: 'hub@yunxi.example',
        domains: ['yunxi.example'],
      },
      webhooks: { hosts: [host], caFile },
    },
    close: () => {
      mail.close();
      receiver.close();
      receiver.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a reminder claims, without verification. */
export const claimsOf = ({ body }: WebhookCall): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
