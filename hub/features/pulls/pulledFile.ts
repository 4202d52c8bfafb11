/** The file that a run writes: a batch that is opened with its first row and sealed part by part. */
import { createHash } from 'node:crypto';
import { csvCell } from '../../../terms/csvCell.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { storeRunBatch } from './store/runs.ts';
import { begunBatch } from '../../flows/intake/openBatch.ts';
import { storePart } from '../../flows/intake/putBatchPart.ts';
import type { IntakeServices } from '../../flows/intake/services.ts';
import type { Running } from './running.ts';

/** minimum bytes of a part: its last page may exceed this */
const partBytes = 4 * 2 ** 20;
const mark = '\ufeff';

const line = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => csvCell(cell ?? '', ',')).join(',')}\n`;

export class PulledFile {
  /** rows so far */
  rows = 0;
  /** id of its batch; undefined before it is opened */
  batch: string | undefined;
  private bytes = 0;
  private waiting = '';
  private readonly hash = createHash('sha256');
  private readonly services: IntakeServices;
  private readonly of: { readonly run: string; readonly dataset: string };
  private readonly running: Running;

  constructor(
    services: IntakeServices,
    of: { readonly run: string; readonly dataset: string },
    running: Running,
  ) {
    this.services = services;
    this.of = of;
    this.running = running;
  }

  /** @throws Problem too_many_open_batches */
  async begin(columns: readonly string[]): Promise<void> {
    const dataset = datasetId(this.of.dataset);
    const department = providerOf(dataset);
    const batch = uuid7(this.running.now());
    const { limits } = this.services;
    await this.running.act({
      operation: 'openBatch',
      kind: 'intake',
      dataset,
      provider: department,
      change: { batch, state: 'receiving', run: this.of.run },
      work: async (transaction) => {
        await begunBatch(transaction, limits, { id: batch, dataset, department });
        await storeRunBatch(transaction, this.of.run, batch);
      },
    });
    this.batch = batch;
    this.waiting = mark + line(columns);
  }

  /** @throws Problem batch_too_large, pull_broken_off */
  async add(rows: readonly (readonly (string | null)[])[]): Promise<void> {
    this.rows += rows.length;
    for (const cells of rows) this.waiting += line(cells);
    if (this.waiting.length >= partBytes) await this.flush();
  }

  /** @returns hex digest and length of the whole file */
  async finish(): Promise<{ readonly batch: string; readonly sha256: string; readonly bytes: number }> {
    await this.flush();
    if (this.batch === undefined) throw new TypeError('nothing was begun');
    return { batch: this.batch, sha256: this.hash.digest('hex'), bytes: this.bytes };
  }

  private async flush(): Promise<void> {
    const plain = Buffer.from(this.waiting, 'utf8');
    this.waiting = '';
    if (plain.length === 0 || this.batch === undefined) return;
    const { limits } = this.services;
    if (this.bytes + plain.length > limits.batchBytes)
      throw new Problem('batch_too_large', { limit: limits.batchBytes });
    this.hash.update(plain);
    const sha256 = createHash('sha256').update(plain).digest();
    const stored = await storePart(this.services, { batch: this.batch, at: this.bytes, plain, sha256 });
    // another process took over the pull and ended this run
    if (!stored) throw new Problem('pull_broken_off');
    this.bytes += plain.length;
  }
}
