import type { CopyTask } from '../copyTask.ts';
import { CopyThread } from './copyThread.ts';

/** A thread that has translated is several times as fast as a new one: it waits so long for the next file; milliseconds. */
const patience = 60_000;

interface Idle {
  readonly thread: CopyThread;
  readonly timer: NodeJS.Timeout;
}

/** The threads of one hub that wait for their next file. */
export class ThreadPool {
  private readonly idle: Idle[] = [];

  /** A thread that works on the file from now on: one that waits, else a new one. */
  take(task: CopyTask): CopyThread {
    const thread = this.waiting() ?? new CopyThread();
    thread.needed = true;
    void thread.begin(task);
    return thread;
  }

  /** The thread that was given back last; one that died while it waited is passed over. */
  private waiting(): CopyThread | undefined {
    for (let waiting = this.idle.pop(); waiting !== undefined; waiting = this.idle.pop()) {
      clearTimeout(waiting.timer);
      if (waiting.thread.free) return waiting.thread;
    }
    return undefined;
  }

  /** Takes a thread back. One that has answered everything forgets the file and waits for another; any other one ends. */
  async giveBack(thread: CopyThread): Promise<void> {
    if (!thread.free) return thread.end();
    try {
      await thread.begin(null);
    } catch {
      return thread.end();
    }
    thread.needed = false;
    const timer = setTimeout(() => {
      const place = this.idle.findIndex((one) => one.thread === thread);
      if (place >= 0) this.idle.splice(place, 1);
      void thread.end();
    }, patience);
    timer.unref();
    this.idle.push({ thread, timer });
  }
}
