/**
 * Scans an attachment with clamd, over its INSTREAM command: chunks with their length, then a chunk of no length, then one line of answer.
 * A scanner that does not answer lets nothing pass.
 */
import { connect, type Socket } from 'node:net';
import type { ScannerPlace } from '../../platform/config/hubConfig.ts';
import { Problem } from '../../../terms/problem.ts';

/** Milliseconds without progress. */
const maxIdleMs = 30_000;
/** Milliseconds of a whole scan: it has one of few places. */
const maxScanMs = 600_000;
/** Characters of an answer: a name of a signature is short. */
const maxAnswerChars = 1_000;

/** @throws Problem attachment_infected, scanner_unavailable */
export async function scanContent(
  chunks: AsyncIterable<Uint8Array>,
  { host, port }: ScannerPlace,
): Promise<void> {
  const answer = await answerTo(chunks, host, port).catch((cause: unknown) => {
    // the storage that the bytes are read from reports its own problems
    throw cause instanceof Problem ? cause : new Problem('scanner_unavailable', {}, { cause });
  });
  const [, found] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
  if (found !== undefined) throw new Problem('attachment_infected', { found });
  if (answer !== 'stream: OK') throw new Problem('scanner_unavailable');
}

async function answerTo(chunks: AsyncIterable<Uint8Array>, host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  const late = (): unknown => socket.destroy(new Error('the scanner does not answer'));
  socket.setTimeout(maxIdleMs, late);
  const deadline = setTimeout(late, maxScanMs);
  try {
    const answered = lineOf(socket);
    const ended = new AbortController();
    const settled = answered.then(
      () => ended.abort(),
      () => ended.abort(), // reported below
    );
    const send = async (bytes: Uint8Array): Promise<void> => {
      // a closed socket never drains, and one that has answered reads no more
      if (ended.signal.aborted || socket.destroyed || socket.write(bytes)) return;
      await Promise.race([new Promise((drained) => socket.once('drain', drained)), settled]);
    };
    await Promise.race([new Promise((connected) => socket.once('connect', connected)), settled]);
    await send(Buffer.from('zINSTREAM\0', 'latin1'));
    for await (const chunk of chunks) {
      if (ended.signal.aborted) break;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(chunk.length);
      await send(length);
      await send(chunk);
    }
    await send(Buffer.alloc(4));
    return await answered;
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
}

/** The answer, up to its end mark. */
const lineOf = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\0');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > maxAnswerChars) reject(new Error('the answer of the scanner is too long'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the scanner closed the connection')));
  });
