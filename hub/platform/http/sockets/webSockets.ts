/** WebSockets of the exchange listener. A call that opens one passes the request pipeline like any other; its reply is the handshake's. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { Problem } from '../../../../terms/problem.ts';
import { inOneTurn } from '../../../../machine/inOneTurn.ts';
import type { FrameChannel } from '../../../pipeline/frameChannel.ts';
import type { WireReply } from '../replies/reply.ts';

/** time between two pings, and the time the other side has to answer one */
const heartbeatMs = 15_000;

/** bytes that the other side has not read, beyond which its connection ends: a question has at most 4 MiB */
const maxUnreadBytes = 8 << 20;
/** frames of one connection in a second, beyond which it ends: a provider answers far fewer questions */
const maxFramesPerSecond = 5_000;

export interface WebSockets {
  /** @throws Problem upgrade_refused for anything but the handshake of RFC 6455 */
  check(request: IncomingMessage): void;
  /** Writes the reply and, if it opens a connection, passes the connection on. */
  answer(request: IncomingMessage, socket: Duplex, head: Buffer, reply: WireReply): void;
}

/** @param maxMessageBytes a longer message ends its connection */
export function webSockets(maxMessageBytes: number): WebSockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    skipUTF8Validation: false,
  });
  const added = new WeakMap<IncomingMessage, WireReply['headers']>();
  server.on('headers', (lines, request) => {
    for (const [name, value] of added.get(request) ?? []) lines.push(`${name}: ${value}`);
  });
  return {
    check: ({ method, headers }) => {
      const { upgrade = '', 'sec-websocket-key': key = '', 'sec-websocket-version': version } = headers;
      const fits =
        method === 'GET' &&
        upgrade.toLowerCase() === 'websocket' &&
        /^[+/0-9A-Za-z]{22}==$/.test(key) &&
        version === '13';
      if (!fits) throw new Problem('upgrade_refused', {}, { headers: { connection: 'close' } });
    },
    answer: (request, socket, head, reply) => {
      const { connect } = reply;
      if (connect === undefined) {
        socket.end(bytesOf(reply), () => socket.destroy());
        return;
      }
      added.set(request, reply.headers);
      delete request.headers['sec-websocket-protocol'];
      // the log entry states that this client connected; if it is gone by now, a second entry records the end
      if (socket.readable && socket.writable)
        server.handleUpgrade(request, socket, head, (opened) =>
          connect(channelOf(opened, inOneTurn(socket))),
        );
      else connect(brokenChannel);
    },
  };
}

const brokenChannel: FrameChannel = {
  send: () => undefined,
  listen: (_received, closed) => closed(1006),
  close: () => undefined,
};

/**
 * Ends a connection that sends more frames than a provider can need, or that does not read: each ping is answered with a pong, which waits
 * in memory until it is read.
 */
function limitFrames(socket: WebSocket): void {
  let [frames, since] = [0, performance.now()];
  const count = (): void => {
    const now = performance.now();
    if (now - since > 1_000) [frames, since] = [0, now];
    frames += 1;
    if (frames > maxFramesPerSecond || socket.bufferedAmount > maxUnreadBytes) socket.terminate();
  };
  for (const kind of ['message', 'ping', 'pong'] as const) socket.on(kind, count);
}

/** @param begin called before a frame is written */
function channelOf(socket: WebSocket, begin: () => void): FrameChannel {
  limitFrames(socket);
  let alive = true;
  const beating = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
    socket.ping();
  }, heartbeatMs).unref();
  socket.on('pong', () => (alive = true));
  // reported by `close`; the other side has a second to read why
  socket.on('error', () => setTimeout(() => socket.terminate(), 1_000).unref());
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      begin();
      socket.send(text);
      if (socket.bufferedAmount > maxUnreadBytes) socket.terminate();
    },
    listen: (received, closed) => {
      socket.on('message', (data: Buffer, binary) => {
        alive = true;
        if (!binary) received(data.toString('utf8'));
      });
      socket.once('close', (code) => {
        clearInterval(beating);
        closed(code);
      });
    },
    close: (code) => {
      socket.close(code);
    },
  };
}

function bytesOf({ status, headers, body }: WireReply): Buffer {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers.filter(([name]) => name !== 'connection').map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
