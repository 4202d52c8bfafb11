/**
 * A department's service that the hub asks for the rows of a live dataset: TLS both ways, the hub's signature believed, the answer signed.
 * Bring: a TLS certificate for your address, the hub's root certificate, the hub's public signing keys (its /.well-known/datong-signing),
 * the department's signing key, and a function from one id to rows.
 */
import type { JsonWebKey } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import { ProviderService, signingKey, verificationKey } from '../sdk/index.ts';

export interface Example {
  readonly origin: string;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly hub: { readonly name: string; readonly ca: string; readonly keys: readonly JsonWebKey[] };
  readonly signingKey: JsonWebKey;
  readonly rowsOf: (id: string) => readonly object[] | Promise<readonly object[]>;
}

const maxBodyBytes = 65_536;

export function liveService({ origin, tls, hub, signingKey: jwk, rowsOf }: Example): Server {
  const service = new ProviderService({
    origin,
    key: signingKey(jwk),
    hubKeys: hub.keys.map((key) => verificationKey(key)),
  });
  const secure = { ...tls, ca: hub.ca, requestCert: true, rejectUnauthorized: true };
  return createServer(secure, (request, reply) => {
    // any department has a certificate of the same authority: only the hub itself may ask
    const { socket } = request;
    const names = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subjectAltName : undefined;
    if (names !== `URI:urn:datong:hub:${hub.name}`) return void reply.writeHead(403).end();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const { method = '', url: path = '', rawHeaders } = request;
      service
        .answer({ method, path, rawHeaders, body: Buffer.concat(chunks) }, async (_call, body) => {
          const { id } = JSON.parse(Buffer.from(body).toString('utf8')) as { readonly id: string };
          const rows = await rowsOf(id);
          return { contentType: 'application/json', body: Buffer.from(JSON.stringify({ rows })) };
        })
        .then(({ status, headers, body }) => reply.writeHead(status, headers).end(body))
        .catch(() => reply.writeHead(500).end());
    });
  });
}
