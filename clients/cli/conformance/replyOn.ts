/** Reads the reply to raw bytes from a socket, as any HTTP/1.1 client frames it. */
import type { Socket } from 'node:net';
import type { ReplyMessage } from '../../../certs/message.ts';
import { parseHttpMessage } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';

/** Milliseconds that a gateway has for each reply. */
const patience = 15_000;

/** A refusal may be sent, and the connection ended, before all of the request was written. */
const endings: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * @param socket on which the request is written
 * @returns the reply; the problem that it is malformed; undefined where the connection ended, or fell silent, without one
 * @throws the network's error
 */
export function replyOn(socket: Socket): Promise<ReplyMessage | Problem | undefined> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (isEnded: boolean): void => {
      let reply: ReplyMessage | Problem | undefined;
      try {
        reply = replyIn(received, isEnded);
      } catch (error) {
        if (!(error instanceof Problem)) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        reply = error;
      }
      if (reply === undefined && !isEnded) return;
      socket.destroy();
      resolve(reply);
    };
    socket.setTimeout(patience, () => settle(true));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      settle(false);
    });
    socket.on('end', () => settle(true));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      endings.has(error.code) ? settle(true) : reject(error),
    );
  });
}

/** The final reply, once it is complete. @throws Problem message_malformed */
function replyIn(received: Buffer, isEnded: boolean): ReplyMessage | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const rest = received.subarray(end + 4);
  if (/^HTTP\/1\.\d 1\d\d\b/.test(head)) return replyIn(rest, isEnded);
  const body = bodyIn(head, rest, isEnded);
  if (body === undefined) return undefined;
  const parsed = parseHttpMessage(Buffer.concat([received.subarray(0, end + 4), body]));
  return parsed.kind === 'reply' ? parsed.message : undefined;
}

/** The decoded body, once it is complete; of a connection that ended early, what there is. */
function bodyIn(head: string, rest: Buffer, isEnded: boolean): Buffer | undefined {
  if (/^transfer-encoding:.*\bchunked\s*$/im.test(head))
    return unchunked(rest) ?? (isEnded ? rest : undefined);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined && rest.length >= Number(length)) return rest.subarray(0, Number(length));
  const isEmpty = length === undefined && /^HTTP\/1\.\d (?:204|304)\b/.test(head);
  return isEmpty || isEnded ? rest : undefined;
}

/** The content of all chunks; undefined where the last one is not there. */
function unchunked(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(rest.toString('latin1', at, lineEnd))?.[1];
    if (size === undefined) throw new Problem('message_malformed', { reason: notChunked });
    const [begin, bytes] = [lineEnd + 2, Number.parseInt(size, 16)];
    if (bytes === 0) return hasEnd(rest, begin) ? Buffer.concat(parts) : undefined;
    if (rest.length < begin + bytes + 2) return undefined;
    parts.push(rest.subarray(begin, begin + bytes));
    at = begin + bytes + 2;
  }
}

/** Whether the empty line after the last chunk, and the trailers that may precede it, are there. */
const hasEnd = (rest: Buffer, at: number): boolean =>
  rest.indexOf('\r\n', at) === at || rest.indexOf('\r\n\r\n', at) >= 0;

const notChunked = { zh: '分块长度不是十六进制数', en: 'the size of a chunk is no hexadecimal number' };
