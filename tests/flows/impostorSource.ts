/** A server that speaks TLS as PostgreSQL begins it, with any certificate, and stores what is sent inside. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket, type TlsOptions } from 'node:tls';
import { defined } from '../../terms/defined.ts';

export interface Impostor {
  readonly port: number;
  /** what came through its TLS, the first of each connection */
  readonly inside: readonly string[];
  close(): void;
}

export async function impostorWith({ cert, key }: Pick<TlsOptions, 'cert' | 'key'>): Promise<Impostor> {
  const inside: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      const secured = new TLSSocket(socket, {
        isServer: true,
        ...defined({ cert, key }),
      });
      secured.on('error', () => undefined);
      secured.on('data', (bytes: Buffer) => {
        inside.push(bytes.toString('latin1'));
        socket.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, inside, close };
}
