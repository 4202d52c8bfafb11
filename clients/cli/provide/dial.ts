/** A WebSocket to one process of the hub, opened over mutual TLS at the address it is reached at, whatever name it has. */
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:tls';
import { WebSocket } from 'ws';
import { inOneTurn } from '../../../machine/inOneTurn.ts';
import type { Dialled, LiveWire, Opening } from '../../sdk/liveConnection.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** milliseconds in which the handshake must be done */
const patience = 15_000;
/** milliseconds without a frame of the hub, which sends more often, before the connection is closed */
const silence = 45_000;
/** maximum bytes of a frame of the hub: 10,000 values of a question, and a margin */
const maxFrameLength = 4 << 20;
/** bytes of a refusal */
const maxRefusalLength = 1 << 20;

/** @throws the network's or TLS's own error */
export function dial({ host, port }: Address): (opening: Opening) => Promise<Dialled> {
  return ({ uri, headers, ca, tls }) =>
    new Promise((resolve, reject) => {
      const { hostname } = new URL(uri);
      const connection = connect({
        host,
        port,
        servername: hostname,
        ca,
        ...tls,
        minVersion: 'TLSv1.2',
        ALPNProtocols: ['http/1.1'],
      });
      const socket = new WebSocket(uri.replace(/^https/, 'wss'), {
        headers,
        perMessageDeflate: false,
        maxPayload: maxFrameLength,
        handshakeTimeout: patience,
        createConnection: () => connection,
      });
      socket.on('error', reject);
      socket.once('upgrade', (response: IncomingMessage) => {
        const { statusCode: status = 0, rawHeaders } = response;
        const wire = wireOf(socket, inOneTurn(connection));
        socket.once('open', () => resolve({ reply: { status, rawHeaders, body: new Uint8Array() }, wire }));
      });
      socket.once('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxRefusalLength) response.destroy(new Error('a refusal without end'));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => {
          const { statusCode: status = 0, rawHeaders } = response;
          resolve({ reply: { status, rawHeaders, body: Buffer.concat(chunks) }, wire: undefined });
        });
      });
    });
}

/** @param begin called before a frame is written */
function wireOf(socket: WebSocket, begin: () => void): LiveWire {
  // frames that arrive before a listener is set are queued
  const early: string[] = [];
  let take = (text: string): void => void early.push(text);
  let ended: number | undefined;
  let end = (code: number): void => void (ended = code);
  const watch = setTimeout(() => socket.terminate(), silence);
  const onMessage = (): void => void watch.refresh();
  socket.on('ping', onMessage);
  socket.on('message', (data: Buffer, binary) => {
    onMessage();
    if (!binary) take(data.toString('utf8'));
  });
  socket.once('close', (code) => {
    clearTimeout(watch);
    end(code);
  });
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      begin();
      socket.send(text);
    },
    listen: (received, closed) => {
      take = received;
      end = closed;
      for (const text of early.splice(0)) received(text);
      if (ended !== undefined) closed(ended);
    },
    close: () => socket.close(1000),
  };
}
