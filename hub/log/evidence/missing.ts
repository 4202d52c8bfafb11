/** What is gone of an answer, as it is named: what was destroyed because its time was over is not among it (`promisedBy`). */
import type { Missing } from '../../../log/missing.ts';

/** Missing entries that are named at most. */
const mostMissing = 1_000;

/** What is found to be gone by whoever reads the newest first: those that are named, and one more. */
export class Gone {
  readonly indexes: number[] = [];

  add(index: number): void {
    if (this.indexes.length <= mostMissing) this.indexes.push(index);
  }
}

/** As an answer names them, descending. @param gone in any order, each perhaps more than once */
export function toldMissing(gone: readonly number[]): Missing & { missing?: number[] } {
  const missing = [...new Set(gone)].sort((a, b) => b - a);
  if (missing.length === 0) return {};
  return {
    missing: missing.slice(0, mostMissing),
    ...(missing.length > mostMissing ? { moreMissing: true as const } : {}),
  };
}
