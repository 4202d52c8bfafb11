/** A small mail server on loopback, for tests of what the hub mails: it answers as configured, and stores what it received. */
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket, type SecureContextOptions } from 'node:tls';

export interface MailServer {
  readonly port: number;
  /** whole mails, as they came between DATA and the dot */
  readonly mails: string[];
  /** every line that a client sent, except mails */
  readonly lines: string[];
  /** what it answers to a command instead of the usual (`RCPT` → `550 no`); `''`: nothing at all */
  readonly says: Map<string, string>;
  close(): void;
}

const usual: Readonly<Record<string, string>> = {
  STARTTLS: '220 go on',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  QUIT: '221 bye',
};

export async function mailServer(tls: SecureContextOptions, way: 'direct' | 'starttls'): Promise<MailServer> {
  const mails: string[] = [];
  const lines: string[] = [];
  const says = new Map<string, string>();
  const sockets = new Set<Socket>();
  const secured = (socket: Socket): TLSSocket => new TLSSocket(socket, { ...tls, isServer: true });

  function serve(socket: Socket, secure: boolean): void {
    let received = '';
    let mail: string | undefined;
    sockets.add(socket);
    socket.on('error', () => undefined);
    const say = (text: string): void => {
      if (text !== '') socket.write(`${text}\r\n`);
    };
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('utf8');
      for (let end = received.indexOf('\r\n'); end >= 0; end = received.indexOf('\r\n')) {
        const line = received.slice(0, end);
        received = received.slice(end + 2);
        if (mail !== undefined) {
          if (line === '.') {
            mails.push(mail);
            mail = undefined;
            say(says.get('.') ?? '250 taken');
          } else mail += `${line}\n`;
          continue;
        }
        lines.push(line);
        const word = line.split(' ')[0] ?? '';
        const answer =
          says.get(word) ??
          (word === 'EHLO' ? '250-test\r\n250 AUTH PLAIN LOGIN' : (usual[word] ?? '502 what?'));
        say(answer);
        if (word === 'DATA' && answer.startsWith('354')) mail = '';
        if (word === 'STARTTLS' && !secure && answer.startsWith('220')) {
          socket.removeAllListeners('data');
          serve(secured(socket), true);
          return;
        }
      }
    });
    if (!secure || way === 'direct') say(says.get('') ?? '220 test');
  }

  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(way === 'direct' ? secured(socket) : socket, way === 'direct');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    lines,
    says,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
