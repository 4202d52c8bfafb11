import type { CopyTask } from '../copyParts.ts';
import { CopyThread } from './copyThread.ts';

/** A thread that has translated is several times as fast as a new one: it waits so long for the next file; milliseconds. */
const patience = 60_000;

interface Idle {
  readonly thread: CopyThread;
  readonly timer: NodeJS.Timeout;
}

const idle: Idle[] = [];

/** A thread that works on the file from now on: one that waits, else a new one. */
export function takeThread(task: CopyTask): CopyThread {
  const waiting = idle.pop();
  if (waiting !== undefined) clearTimeout(waiting.timer);
  const thread = waiting?.thread ?? new CopyThread();
  thread.needed = true;
  void thread.begin(task);
  return thread;
}

/** Gives a thread back. One that has answered everything forgets the file and waits for another; any other one ends. */
export async function giveBack(thread: CopyThread): Promise<void> {
  if (!thread.free) return thread.end();
  try {
    await thread.begin(null);
  } catch {
    return thread.end();
  }
  thread.needed = false;
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex((one) => one.thread === thread),
      1,
    );
    void thread.end();
  }, patience);
  timer.unref();
  idle.push({ thread, timer });
}
