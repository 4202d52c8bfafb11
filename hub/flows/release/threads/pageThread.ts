/**
 * The hub's side of the thread that masks pages: what a page of many rows costs is not taken from the calls that go on meanwhile, and the
 * database, the thread and the hub work side by side. Owns the thread. It begins when the first page comes, and ends when none has come
 * for a while; a page that comes while there is none is masked where it is.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Problem, type ProblemFacts } from '../../../../terms/problem.ts';
import type { ProblemCode } from '../../../../terms/problemCatalogue.ts';
import type { MaskedLines, PageAnswer, PageQuestion, PageTask } from './messages.ts';

/**
 * Pages that fill its heap end the thread, not the hub; megabytes. What a page leaves behind is garbage at once: a small room for what is new
 * costs no time that could be measured, and spares a third of what the hub grows by under a stream.
 */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };
/** ms after the last page */
const patience = 30_000;
/** ms in which it answers about a page; a page takes some hundredths of a second */
const usualDeadline = 30_000;
/** Plans that it has compiled at once. */
const maxTasks = 16;
/** Rows from which on a page is worth the way there. */
export const minInThread = 500;

interface Waiting {
  readonly resolve: (lines: MaskedLines | undefined) => void;
  readonly reject: (error: Error) => void;
}

export class PageThread {
  /** On one core pages are masked by who asks. */
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

  /** Whether a page that comes now is masked in it. */
  get isReady(): boolean {
    return this.ready;
  }

  /** Of a task. */
  newId(): number {
    return (this.ids += 1);
  }

  /**
   * Undefined where the page is to be masked here: there is no thread yet, or it ended, or failed at this page.
   * @throws Problem mask_type_errors, masked_row_invalid; Error for the page that the thread does not come to an end with
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
    if ('refused' in answer) waiting?.reject(problemOf(answer.refused));
    else waiting?.resolve('answer' in answer ? answer.answer : undefined);
  }

  /**
   * The next answer comes in time, or the thread ends: that page fails, and with it the stream or file whose turn it is (one that was made
   * ahead is made again in its turn); those behind it are masked by who asked.
   */
  private watch(worker: Worker): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.worker !== worker) return;
      this.waiting.shift()?.reject(new Error('a page was not masked in time'));
      this.end(worker);
    }, this.deadline).unref();
  }

  /** Nobody waits: the process may end, and so may the thread in a while. */
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

const problemOf = ({ code, facts, extras }: { code: string; facts: object; extras: object }): Problem =>
  new Problem(code as ProblemCode, facts as ProblemFacts, extras);
