/**
 * Verifies the whole log repeatedly in steady portions, at least once a day: bytes, hashes, search columns, subject tokens, and their
 * totals. A finding becomes an entry, remains in `/readyz` while it persists, and stops nothing. Only an invalid root stops the log.
 */
import type { KeyObject } from 'node:crypto';
import type { LogFinding } from '../../../../log/finding.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { LogAccess } from '../../../log/evidence/logAccess.ts';
import {
  beginPass,
  isOver,
  openPass,
  reverifyPortion,
  sealPass,
} from '../../../log/evidence/reverifyPortion.ts';
import {
  dropStaleFindings,
  insertFindings,
  seenAgain,
  staleFindings,
  type FoundRow,
} from '../../../log/store/findings.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { present } from '../../../../terms/defined.ts';

export const minute = 60_000;
/** Number of portions of a log; one a minute takes less than a day. */
const portions = 1_000;
/** A log up to this size is read at once. */
const smallLog = 20_000;
/** Minimum portion of a larger log, small enough not to slow down a busy hub. */
const minPortion = 5_000;

/** Number of entries in one portion of a log of this size. */
export const portionOf = (size: number): number =>
  size <= smallLog ? smallLog : Math.max(minPortion, Math.ceil(size / portions));

export interface ReverifyServices extends LogAccess {
  /** authenticates the stored position */
  readonly key: KeyObject;
  /** called if the log is invalid: nothing may be appended any more */
  readonly halt: (problem: Problem) => void;
}

export const reverifyLog = (services: ReverifyServices): Job => ({
  name: 'reverifyLog',
  every: minute,
  lease: 5 * minute,
  run: async (run) => {
    const reader = services.database.app;
    const stored = openPass(run.state, services.key);
    const before =
      stored === undefined || isOver(stored) ? beginPass(services, (stored?.number ?? 0) + 1) : stored;
    const { pass, findings, failures } = await reverifyPortion(services, before, portionOf(before.goal.size));
    const fresh = await seenAgain(reader, findings.map(rowOf), pass.number);
    const [first] = fresh;
    if (first !== undefined) {
      await run.act({
        operation: 'reverifyLog',
        change: {
          findings: fresh.length,
          first: first.code,
          ...present({ index: first.index }),
        },
        work: (transaction, exchange) =>
          insertFindings(transaction, fresh, { now: run.now(), pass: pass.number, exchange }),
      });
    }
    const mended = isOver(pass) ? await staleFindings(reader, pass.number) : 0;
    if (mended > 0) {
      await run.act({
        operation: 'reverifyLog',
        change: { mended },
        work: (transaction) => dropStaleFindings(transaction, pass.number),
      });
    }
    if (findings.some(({ code }) => code === 'root_mismatch')) {
      services.halt(
        new Problem('log_inconsistent', { what: 'the entries do not add up to the signed root' }),
      );
    }
    return { state: sealPass(pass, services.key), failures };
  },
});

const rowOf = (finding: LogFinding): FoundRow => ({
  code: finding.code,
  index: finding.index ?? null,
  finding,
});
