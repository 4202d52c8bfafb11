/**
 * A translating thread's side: it answers one question after the other. Bytes are copied to the other side, never transferred: one detached
 * buffer makes every access to typed arrays slower from then on, in the whole thread.
 */
import { parentPort } from 'node:worker_threads';
import { registerCodeList } from '../../../../schemas/codelists/registry.ts';
import { Problem } from '../../../../terms/problem.ts';
import { FileInThread } from './fileInThread.ts';
import type { Answer, Question } from './messages.ts';

const port = parentPort;
if (port === null) throw new TypeError('to be run in a thread');

/** the file that is being translated */
let file: FileInThread | undefined;

function answerOf(question: Question): ReturnType<FileInThread['answer']> | true {
  if (!('begin' in question)) {
    if (file === undefined) throw new TypeError('no file has begun');
    return file.answer(question);
  }
  const task = question.begin;
  for (const list of task?.codeLists ?? []) registerCodeList(list);
  file = task === null ? undefined : new FileInThread(task);
  return true;
}

async function tell(question: Question): Promise<void> {
  try {
    port?.postMessage({ answer: await answerOf(question) } satisfies Answer);
  } catch (error) {
    const told: Answer =
      error instanceof Problem
        ? { refused: { code: error.code, facts: error.facts, extras: error.extras } }
        : { failed: error instanceof Error ? error.name : 'error' };
    port?.postMessage(told);
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', (question: Question) => {
  last = last.then(() => tell(question));
});
