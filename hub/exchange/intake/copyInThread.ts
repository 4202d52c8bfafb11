/** The translating thread's side: chunks come in, parts go out, at most a few ahead of who takes them. */
import { parentPort, workerData } from 'node:worker_threads';
import { registerCodeList } from '../../../schemas/codelists/registry.ts';
import { Problem } from '../../../terms/problem.ts';
import { copyParts, type CopyPart, type CopyTask } from './copyParts.ts';

/** Host → thread. `null` ends the file. */
export type ToThread = { readonly chunk: Uint8Array | null } | { readonly taken: true };
/** Thread → host. */
export type FromThread =
  | { readonly wants: 'chunk' }
  | { readonly part: CopyPart }
  | { readonly done: true }
  | { readonly refused: { readonly code: string; readonly facts: object; readonly extras: object } }
  | { readonly failed: string };

/** Parts that may wait to be taken. */
const mostAhead = 8;

const task = workerData as CopyTask;
const port = parentPort;
if (port === null) throw new TypeError('to be run in a thread');

let chunkCame: (chunk: Uint8Array | null) => void = () => undefined;
let ahead = 0;
let partTaken: () => void = () => undefined;
port.on('message', (message: ToThread) => {
  if ('chunk' in message) chunkCame(message.chunk);
  else {
    ahead -= 1;
    partTaken();
  }
});

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = await new Promise<Uint8Array | null>((resolve) => {
      chunkCame = resolve;
      port?.postMessage({ wants: 'chunk' } satisfies FromThread);
    });
    if (chunk === null) return;
    yield chunk;
  }
}

try {
  for (const list of task.codeLists) registerCodeList(list);
  for await (const part of copyParts(task, chunks())) {
    const text = new Uint8Array(part.text);
    port.postMessage({ part: { ...part, text } } satisfies FromThread, [text.buffer]);
    ahead += 1;
    if (ahead >= mostAhead) await new Promise<void>((resolve) => (partTaken = resolve));
  }
  port.postMessage({ done: true } satisfies FromThread);
} catch (error) {
  const told: FromThread =
    error instanceof Problem
      ? { refused: { code: error.code, facts: error.facts, extras: error.extras } }
      : { failed: error instanceof Error ? error.name : 'error' };
  port.postMessage(told);
}
port.close();
