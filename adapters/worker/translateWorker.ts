/** The worker's side: reads bytes as they are sent, translates, and hands each batch over when it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { registerCodeList } from '../../schemas/codelists/registry.ts';
import { compileSchema } from '../../schemas/compile.ts';
import { parseDatasetSchema } from '../../schemas/parse.ts';
import { Problem } from '../../terms/problem.ts';
import { compileMapping } from '../mapping/compile.ts';
import { translate } from '../translate.ts';
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs in a worker only');
const send = (message: FromWorker): void => port.postMessage(message);

/** Messages in their order, and whoever waits for the next one. */
const received: ToWorker[] = [];
let waiting: (() => void) | undefined;
port.on('message', (message: ToWorker) => {
  received.push(message);
  waiting?.();
});

async function take(kinds: readonly ToWorker['kind'][]): Promise<ToWorker> {
  for (;;) {
    const index = received.findIndex(({ kind }) => kinds.includes(kind));
    const [found] = index < 0 ? [] : received.splice(index, 1);
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      waiting = resolve;
    });
  }
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  for (;;) {
    send({ kind: 'more' });
    const message = await take(['bytes', 'end']);
    if (message.kind !== 'bytes') return;
    yield message.bytes;
  }
}

async function run({ mapping, schema, references, codeLists, beside }: WorkerTask): Promise<void> {
  for (const list of codeLists ?? []) registerCodeList(list);
  const parsed = parseDatasetSchema(schema, (urn) => references?.find((document) => document['$id'] === urn));
  for await (const batch of translate(
    bytes(),
    compileMapping(mapping, parsed),
    compileSchema(parsed),
    beside,
  )) {
    send({ kind: 'batch', batch });
    await take(['next']);
  }
  send({ kind: 'done' });
}

try {
  await run(workerData as WorkerTask);
} catch (error) {
  const message = error instanceof Error ? error.message : 'failed';
  if (error instanceof Problem) {
    const { code, facts, extras } = error;
    send({
      kind: 'failed',
      code,
      facts,
      message,
      ...(extras.findings === undefined ? {} : { findings: extras.findings }),
    });
  } else send({ kind: 'failed', message });
}
port.close();
