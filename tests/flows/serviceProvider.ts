/** A provider's own HTTPS service for tests: answers as the test sets, well or badly, over real TLS that requires the hub's certificate. */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import { issueListenerCertificate } from '../../certs/authority/issueLeaf.ts';
import { newKeyPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';

export type Serve = (
  request: IncomingMessage & { readonly whole: Buffer },
  reply: ServerResponse,
) => Promise<void> | void;

export interface TestService {
  readonly server: Server;
  readonly port: number;
  /** PEM of the authority of its certificate */
  readonly ca: string;
  readonly tls: { readonly cert: string; readonly key: string };
  /** what a request is answered with */
  serve: Serve;
  /** requests that came */
  asked: number;
  close(): void;
}

/** @param host that its certificate names @param hubCa may come later, by `server.setSecureContext` */
export async function testService(host: string): Promise<TestService> {
  const now = Date.now();
  const authority = await newAuthority('police', now);
  const pair = newKeyPair();
  const { chain } = await issueListenerCertificate(authority, {
    serial: newSerial(),
    hosts: [host],
    publicKey: pair.publicKey,
    now,
  });
  const tls = { cert: chain, key: privateKeyPem(pair.privateKey) };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const made: TestService = {
    server,
    tls,
    asked: 0,
    ca: authority.rootCertificate,
    port: (server.address() as AddressInfo).port,
    serve: (_request, reply) => void reply.writeHead(500).end(),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  server.on('request', (request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      made.asked += 1;
      void made.serve(Object.assign(request, { whole: Buffer.concat(chunks) }), reply);
    });
  });
  return made;
}
