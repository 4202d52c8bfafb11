import { availableParallelism } from 'node:os';
import { ThreadPool } from './translation/threads/threadPool.ts';
import { Semaphore } from '../../../machine/semaphore.ts';

/**
 * What one hub translates with. Each load holds one of the owner's eight connections from its first byte to its last; small files never
 * wait for large ones.
 */
export class Translators {
  readonly large: Semaphore = new Semaphore(Math.min(4, availableParallelism()));
  readonly small: Semaphore = new Semaphore(2);
  readonly threads: ThreadPool = new ThreadPool();
}
