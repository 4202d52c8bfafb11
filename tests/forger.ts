/** A proxy between a department and its hub, with a certificate that both trust: passes calls on and may alter what comes back. */
import { newKeyPair, newSerial } from '../machine/newKeyPair.ts';
import { request as httpsRequest, createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { issueListenerCertificate } from '../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../certs/authority/keyPair.ts';
import type { RequestMessage } from '../certs/message.ts';
import type { Hub } from '../hub/main.ts';
import { defined } from '../terms/defined.ts';

export interface ForgedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is made of a reply. @param request as it passed through */
export type Forgery = (reply: ForgedReply, request: RequestMessage) => ForgedReply;

export interface Forger {
  readonly origin: string;
  /** Speaks for a hub from now on, with the certificates of its departments. */
  join(hub: Hub, port: number): Promise<void>;
  /** the certificate that a department's calls are passed on with */
  readonly certificates: Map<string, { readonly cert: string; readonly key: string }>;
  forgery: Forgery | undefined;
  /** the Host that is passed on; default the caller's */
  host: string | undefined;
  close(): void;
}

export async function startForger(): Promise<Forger> {
  let upstream: { readonly port: number; readonly ca: string } | undefined;
  const certificates: Forger['certificates'] = new Map();
  const server: Server = createServer(
    { requestCert: true, rejectUnauthorized: false },
    (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        const { socket } = incoming;
        const names = socket instanceof TLSSocket ? socket.getPeerCertificate().subjectaltname : undefined;
        const tls = certificates.get(/urn:datong:dept:([a-z-]+)/.exec(names ?? '')?.[1] ?? '');
        const onward = httpsRequest(
          {
            host: '127.0.0.1',
            servername: 'localhost',
            port: upstream?.port,
            ca: upstream?.ca,
            ...tls,
            method: incoming.method,
            path: incoming.url,
            headers: { ...incoming.headers, ...defined({ host: forger.host }) },
            agent: false,
          },
          (answer) => {
            const parts: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => parts.push(chunk));
            answer.on('end', () => {
              const headers = Object.fromEntries(
                Object.entries(answer.headers).flatMap(([name, value]) =>
                  typeof value === 'string' &&
                  !/^(connection|content-length|keep-alive|transfer-encoding)$/.test(name)
                    ? [[name, value]]
                    : [],
                ),
              );
              const whole = { status: answer.statusCode ?? 0, headers, body: Buffer.concat(parts) };
              const { method = '', url = '', rawHeaders } = incoming;
              const targetUri = `${forger.origin}${url}`;
              const reported = forger.forgery?.(whole, { method, targetUri, rawHeaders, body }) ?? whole;
              outgoing.writeHead(reported.status, reported.headers).end(reported.body);
            });
          },
        );
        onward.on('error', () => outgoing.destroy());
        onward.end(body);
      });
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const forger: Forger = {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificates,
    forgery: undefined,
    host: undefined,
    async join(hub, port) {
      const { authority } = hub.keys;
      const key = newKeyPair();
      const { chain } = await issueListenerCertificate(authority, {
        serial: newSerial(),
        hosts: ['localhost'],
        publicKey: key.publicKey,
        now: Date.now(),
      });
      server.setSecureContext({
        cert: chain,
        key: privateKeyPem(key.privateKey),
        ca: [authority.rootCertificate, authority.intermediateCertificate],
      });
      upstream = { port, ca: authority.rootCertificate };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return forger;
}
