/**
 * The hub side of the page-masking thread. Large pages do not delay concurrent calls, and the database, the thread and the hub work in
 * parallel. Owns the thread: it starts with the first page and ends after a period without pages. While there is no thread, a page is
 * masked in the calling thread.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { problemInParts } from '../../../../terms/problem.ts';
import type { MaskedLines, PageAnswer, PageQuestion, PageTask } from './messages.ts';

/**
 * Megabytes. Pages that fill its heap end the thread, not the hub. A page's data is garbage at once: a small young generation costs no
 * measurable time and saves a third of the hub's memory growth during a stream.
 */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };
/** ms after the last page */
const patience = 30_000;
/** ms within which the thread must answer for a page; a page takes some hundredths of a second */
const usualDeadline = 30_000;
/** Maximum number of plans that the thread has compiled at once. */
const maxTasks = 16;
/** From this number of rows on, a page is sent to the thread. */
export const minInThread = 500;

interface Waiting {
  readonly resolve: (lines: MaskedLines | undefined) => void;
  readonly reject: (error: Error) => void;
}

export class PageThread {
  /** On a single core, pages are masked in the calling thread. */
  private readonly possible = availableParallelism() >= 2;
  private worker: Worker | undefined;
  private ready = false;
  private waiting: Waiting[] = [];
  private readonly sent = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private ids = 0;
  private readonly deadline: number;

  constructor(deadline = usualDeadline) {
    this.deadline = deadline;
  }

  /** Whether the thread can mask a page now. */
  get isReady(): boolean {
    return this.ready;
  }

  /** Returns the id of a new task. */
  newId(): number {
    return (this.ids += 1);
  }

  /**
   * Undefined where the page must be masked in the calling thread: the thread has not started, has ended, or failed on this page.
   * @throws Problem mask_type_errors, masked_row_invalid; Error for a page that the thread does not finish
   */
  async mask(
    task: PageTask,
    page: Pick<PageQuestion, 'texts' | 'length' | 'held' | 'subjects' | 'now'>,
  ): Promise<MaskedLines | undefined> {
    this.worker ??= this.begin();
    if (!this.ready || this.worker === undefined) return undefined;
    const forget = !this.sent.has(task.id) && this.sent.size >= maxTasks;
    if (forget) this.sent.clear();
    const question = { task: this.sent.has(task.id) ? task.id : task, forget, ...page };
    this.sent.add(task.id);
    const { worker } = this;
    worker.ref();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (this.waiting.length === 1) this.watch(worker);
      worker.postMessage(question satisfies PageQuestion);
    });
  }

  private begin(): Worker | undefined {
    if (!this.possible) return undefined;
    const worker = new Worker(new URL('./pageWorker.mjs', import.meta.url), { resourceLimits });
    worker.unref();
    worker.on('message', (answer: PageAnswer) => this.settle(worker, answer));
    const ended = (): void => this.end(worker);
    worker.on('error', ended);
    worker.on('messageerror', ended);
    worker.on('exit', ended);
    return worker;
  }

  private settle(worker: Worker, answer: PageAnswer): void {
    if (this.worker !== worker) return;
    if ('ready' in answer) {
      this.ready = true;
      this.rest();
      return;
    }
    const waiting = this.waiting.shift();
    if (this.waiting.length === 0) this.rest();
    else this.watch(worker);
    if ('refused' in answer) waiting?.reject(problemInParts(answer.refused));
    else waiting?.resolve('answer' in answer ? answer.answer : undefined);
  }

  /**
   * Ends the thread if the next answer is late. That page fails, and with it the stream or file that needs it (a prefetched page is made
   * again when due). Later pages are masked in the calling thread.
   */
  private watch(worker: Worker): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.worker !== worker) return;
      this.waiting.shift()?.reject(new Error('a page was not masked in time'));
      this.end(worker);
    }, this.deadline).unref();
  }

  /** No question is pending: the process may exit, and the thread may end after a while. */
  private rest(): void {
    const { worker } = this;
    worker?.unref();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void worker?.terminate(), patience).unref();
  }

  private end(worker: Worker): void {
    if (this.worker !== worker) return;
    clearTimeout(this.timer);
    this.worker = undefined;
    this.ready = false;
    this.sent.clear();
    for (const { resolve } of this.waiting.splice(0)) resolve(undefined);
    void worker.terminate();
  }
}
