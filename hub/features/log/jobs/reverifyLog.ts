/**
 * Verifies the whole log repeatedly in steady portions, at least once a day: bytes, hashes, search columns, subject tokens, their totals,
 * and the indexes of searches. Each run also verifies the newest entries. A finding becomes an entry, remains in `/readyz` while it
 * persists, and stops nothing. Only an invalid root stops the log.
 */
import type { LogFinding } from '../../../../log/finding.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { LogAccess } from '../../../log/evidence/logAccess.ts';
import {
  beginPass,
  isOver,
  passOf,
  recordOf,
  reverifyMemory,
  reverifyNewest,
  reverifyPortion,
  type Pass,
  type PassRecord,
} from '../../../log/evidence/reverifyPortion.ts';
import { FindingRecord } from '../../../log/findingRecord.ts';
import { storedFindings, type FoundRow, type StoredFinding } from '../../../log/store/findings.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { present } from '../../../../terms/defined.ts';

export const minute = 60_000;
/** Number of portions of a log; one a minute takes less than a day. */
const portions = 1_000;
/** A log up to this size is read at once. */
const smallLog = 20_000;
/** Minimum portion of a larger log, small enough not to slow down a busy hub. */
const minPortion = 5_000;
/**
 * Milliseconds after which a recorded position is not continued. A process that has just started remembers none, and could be given one of
 * an earlier pass.
 */
const positionLastsMs = 60 * minute;

/** Number of entries in one portion of a log of this size. */
export const portionOf = (size: number): number =>
  size <= smallLog ? smallLog : Math.max(minPortion, Math.ceil(size / portions));

export interface ReverifyServices extends LogAccess {
  /** called if the log is invalid: nothing may be appended any more */
  readonly halt: (problem: Problem) => void;
}

export function reverifyLog(services: ReverifyServices): Job {
  const { app } = services.database;
  const record = new FindingRecord(app, 'reverifyLog', ({ index }) => present({ index }));
  return {
    name: 'reverifyLog',
    every: minute,
    lease: 5 * minute,
    run: async (run) => {
      const key = sealingOf(app)?.digests?.key;
      const memory = reverifyMemory(app);
      const last = memory.last(run.state, key, run.now());
      const stored = await storedFindings(app, 'log');
      const before = continued(last, run.now()) ?? beginPass(services, nextNumber(last, stored));
      const portion = await reverifyPortion(services, before, portionOf(before.goal.size));
      const { pass } = portion;
      const newest = await reverifyNewest(services, { from: before.next, to: pass.next });
      const found = [...portion.findings, ...newest.findings];
      const findings = await record.update(run, {
        stored,
        found: found.map(rowOf),
        isCompared: (one) => isOver(pass) && one.pass < pass.number,
        pass: pass.number,
      });
      if (found.some(({ code }) => code === 'root_mismatch')) {
        services.halt(
          new Problem('log_inconsistent', { what: 'the entries do not add up to the signed root' }),
        );
      }
      const state = memory.record(recordOf(pass, { at: run.now(), findings }), key);
      return { state, failures: [...portion.failures, ...newest.failures] };
    },
  };
}

/** The pass that goes on; undefined: a new one begins. */
function continued(last: PassRecord | undefined, now: number): Pass | undefined {
  if (last === undefined || now > last.at + positionLastsMs) return undefined;
  const pass = passOf(last);
  return isOver(pass) ? undefined : pass;
}

/** Findings of former passes have lower numbers, also where the record of the last pass is lost. */
const nextNumber = (last: PassRecord | undefined, stored: readonly StoredFinding[]): number =>
  stored.reduce((number, { pass }) => Math.max(number, pass), last?.number ?? 0) + 1;

const rowOf = (finding: LogFinding): FoundRow => ({
  code: finding.code,
  index: finding.index ?? null,
  finding,
});
