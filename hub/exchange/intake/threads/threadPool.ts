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
  const thread = waitingThread() ?? new CopyThread();
  thread.needed = true;
  void thread.begin(task);
  return thread;
}

/** The thread that was given back last; one that died while it waited is passed over. */
function waitingThread(): CopyThread | undefined {
  for (let waiting = idle.pop(); waiting !== undefined; waiting = idle.pop()) {
    clearTimeout(waiting.timer);
    if (waiting.thread.free) return waiting.thread;
  }
  return undefined;
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
    const place = idle.findIndex((one) => one.thread === thread);
    if (place >= 0) idle.splice(place, 1);
    void thread.end();
  }, patience);
  timer.unref();
  idle.push({ thread, timer });
}
