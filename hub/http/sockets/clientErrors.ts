import type { Server } from 'node:http';
import { Problem } from '../../../terms/problem.ts';
import { problemReply } from '../replies/problemReply.ts';

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** What the HTTP parser refuses gets a bare problem and loses its connection. There is no exchange and no entry. */
export function answerClientErrors(server: Server, count: (code: string) => void): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    count(error.code ?? 'unknown');
    // over broken TLS nothing can be said any more: an answer would wait for ever
    const broken = error.code === 'ECONNRESET' || error.code?.startsWith('ERR_SSL_') === true;
    if (broken || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(bareReply(parserProblem(error.code)), () => socket.destroy());
  });
}

function parserProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request_timeout');
  return new Problem('malformed_http');
}

function bareReply(problem: Problem): string {
  const { status, headers, body } = problemReply(problem);
  const lines = [
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${Buffer.from(body).toString('utf8')}`;
}
