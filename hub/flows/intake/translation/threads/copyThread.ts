import { Worker } from 'node:worker_threads';
import type { BadRecord } from '../../../../../adapters/reading/reader.ts';
import { problemInParts } from '../../../../../terms/problem.ts';
import type { CopyTask } from '../copyTask.ts';
import type { Answer, Parts, Question, RepeatedRows, SentRange, RangePart } from './messages.ts';

/**
 * Megabytes. A file that fills a thread's heap ends the thread, not the hub. The data of a range is garbage at once: a small young
 * generation costs no more time and uses a third of the usual memory.
 */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The hub side of a translating thread. Every question is rejected with a Problem where the file is refused, and with an error once the
 * thread has died.
 */
export class CopyThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private death: Error | undefined;

  constructor() {
    this.worker = new Worker(new URL('./copyWorker.mjs', import.meta.url), { resourceLimits });
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error: Error) => this.die(error));
    this.worker.on('messageerror', (error: Error) => this.die(error)); // an unreadable answer would otherwise never be reported
    this.worker.on('exit', () => this.die(new Error('the translating thread ended')));
  }

  /** Begins a file; null: the thread forgets the last one. */
  begin(task: CopyTask | null): Promise<true> {
    return this.ask({ begin: task });
  }

  /** Whether every question was answered and another may be sent. */
  get free(): boolean {
    return this.death === undefined && this.waiting.length === 0;
  }

  /** Whether the thread prevents the process from exiting. */
  set needed(needed: boolean) {
    if (needed) this.worker.ref();
    else this.worker.unref();
  }

  /** Translates the whole file, chunk by chunk. @param chunk null at the end of the file */
  translate(chunk: Uint8Array | null): Promise<Parts> {
    return this.ask({ translate: chunk });
  }

  /** Translates a separate range. */
  range(range: SentRange): Promise<RangePart> {
    return this.ask({ range });
  }

  /** Converts rows of a range to bad records. */
  repeated(repeated: RepeatedRows): Promise<readonly BadRecord[]> {
    return this.ask({ repeated });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private ask<Reply>(question: Question): Promise<Reply> {
    const { death } = this;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (death === undefined) this.waiting.push({ resolve, reject });
      else reject(death);
    });
    answer.catch(() => undefined); // the rejection is reported to the awaiting caller, who may come later, or never after another failure
    if (death === undefined) this.worker.postMessage(question);
    return answer as Promise<Reply>;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.shift();
    if (waiting === undefined) return;
    if ('answer' in answer) waiting.resolve(answer.answer);
    else if ('refused' in answer) waiting.reject(problemInParts(answer.refused));
    else waiting.reject(new Error(`the translating thread failed: ${answer.failed}`));
  }

  private die(error: Error): void {
    this.death ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.death);
  }
}
