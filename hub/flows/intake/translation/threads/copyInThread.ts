/**
 * The thread side of a translation: it answers one question after another. Bytes are in shared memory, or are copied to the other side.
 * They are never transferred: one detached buffer slows every later access to typed arrays in the whole thread.
 */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { surroundingsWith } from '../../../../../machine/surroundings.ts';
import type { Surroundings } from '../../../../../schemas/surroundings.ts';
import { Problem } from '../../../../../terms/problem.ts';
import type { CopyTask } from '../copyTask.ts';
import { FileInThread } from './fileInThread.ts';
import type { Answer, Question } from './messages.ts';

/** Answers questions until the thread ends. */
function answerQuestions(port: MessagePort): void {
  /** the file that is being translated */
  let file: FileInThread | undefined;
  /** of the last file: the next file reuses what was compiled */
  let last: { readonly digest: string; readonly surroundings: Surroundings } | undefined;

  function surroundingsOf({ codeLists: { digest, lists } }: CopyTask): Surroundings {
    if (last?.digest !== digest) last = { digest, surroundings: surroundingsWith(lists) };
    return last.surroundings;
  }

  function answerOf(question: Question): ReturnType<FileInThread['answer']> | true {
    if (!('begin' in question)) {
      if (file === undefined) throw new TypeError('no file has begun');
      return file.answer(question);
    }
    const task = question.begin;
    file = task === null ? undefined : new FileInThread(task, surroundingsOf(task));
    return true;
  }

  async function reply(question: Question): Promise<void> {
    try {
      port.postMessage({ answer: await answerOf(question) } satisfies Answer);
    } catch (error) {
      const refusal: Answer =
        error instanceof Problem
          ? { refused: { code: error.code, facts: error.facts, extras: error.extras } }
          : { failed: error instanceof Error ? error.name : 'error' };
      port.postMessage(refusal);
    }
  }

  let reported: Promise<void> = Promise.resolve();
  port.on('message', (question: Question) => {
    reported = reported.then(() => reply(question));
  });
}

if (parentPort === null) throw new TypeError('to be run in a thread');
answerQuestions(parentPort);
