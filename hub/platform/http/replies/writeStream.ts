import type { ServerResponse } from 'node:http';
import type { StreamedBody } from '../../../pipeline/reply.ts';
import type { WireReply } from './reply.ts';

/** Bytes written to the socket at once. The next slice follows when these are sent, so a slow reader holds only one slice in memory. */
const slice = 65_536;
/** ms; a reader that accepts no slice for this long occupies a socket uselessly */
const usualPatience = 300_000;

/**
 * Writes a body while it is generated, no faster than it is read. If the reader disconnects or accepts nothing any more, the signal is
 * aborted and the body must end.
 * @throws what the body throws; the connection is cut then, so that the reader sees no regular end
 */
export async function writeStream(
  response: ServerResponse,
  { status, headers }: Pick<WireReply, 'status' | 'headers'>,
  body: StreamedBody,
  { streamPatience = usualPatience }: { readonly streamPatience?: number | undefined },
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort('consumer_gone'));
  if (response.destroyed || response.socket?.destroyed === true) gone.abort('consumer_gone');
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  try {
    for await (const bytes of body(gone.signal)) {
      for (let from = 0; from < bytes.length && !gone.signal.aborted; from += slice) {
        const free = response.write(bytes.subarray(from, from + slice));
        if (!free) await drained(response, gone, streamPatience);
      }
      if (gone.signal.aborted) break;
    }
    if (gone.signal.aborted) response.destroy();
    else response.end();
  } catch (error) {
    response.destroy();
    throw error;
  }
}

function drained(response: ServerResponse, gone: AbortController, patience: number): Promise<void> {
  return new Promise((resolve) => {
    if (gone.signal.aborted || !response.writableNeedDrain) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      gone.signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(() => gone.abort('consumer_stalled'), patience);
    response.once('drain', done);
    gone.signal.addEventListener('abort', done);
  });
}
