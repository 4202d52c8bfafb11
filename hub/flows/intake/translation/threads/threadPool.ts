import type { CopyTask } from '../copyTask.ts';
import { CopyThread } from './copyThread.ts';

/**
 * Milliseconds that a thread waits for the next file: a thread that has translated before is several times as fast as a new one, and takes
 * some 45 MB while it waits.
 */
const patience = 10_000;

interface Idle {
  readonly thread: CopyThread;
  readonly timer: NodeJS.Timeout;
}

/** The threads of one hub that wait for their next file. */
export class ThreadPool {
  private readonly idle: Idle[] = [];

  /** A thread for the file: a waiting one, or else a new one. */
  take(task: CopyTask): CopyThread {
    const thread = this.waiting() ?? new CopyThread();
    thread.needed = true;
    void thread.begin(task);
    return thread;
  }

  /** The thread returned last; threads that died while waiting are skipped. */
  private waiting(): CopyThread | undefined {
    for (let waiting = this.idle.pop(); waiting !== undefined; waiting = this.idle.pop()) {
      clearTimeout(waiting.timer);
      if (waiting.thread.free) return waiting.thread;
    }
    return undefined;
  }

  /** Takes a thread back. If it has answered everything, it forgets the file and waits for another; otherwise it ends. */
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
