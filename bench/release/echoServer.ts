/** The baseline of the release: express and express.json with the same mutual TLS, echoing the body. */
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';

export async function startEcho(
  tls: ServerOptions,
): Promise<{ readonly server: Server; readonly port: number }> {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());
  app.post('/echo', (request, response) => {
    response.json(request.body);
  });
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, app);
  server.keepAliveTimeout = 600_000; // idle sockets must outlive the whole run
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
