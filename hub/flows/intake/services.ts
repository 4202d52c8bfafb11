/** The services of the intake and return flows. Created once by the composition root. */
import type { KeyObject } from 'node:crypto';
import type { AuditLog } from '../../log/draft.ts';
import type { ReportFailure } from '../../pipeline/reply.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import type { ScannerPlace } from '../../platform/config/hubConfig.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Database } from '../../platform/database/database.ts';
import { Noted } from '../../platform/jobs/noted.ts';
import type { Sealer } from '../rows/store/sealedParts.ts';
import { AttachmentStorages } from '../attachments/storage.ts';
import { databaseStorage } from '../attachments/store/databaseStorage.ts';
import { sealerOf } from '../sealer.ts';
import { defaultIntakeLimits, type IntakeLimits } from './limits.ts';
import { Translators } from './translationTarget.ts';
import { Turns } from '../../../machine/turns.ts';
import type { Sender } from './sender.ts';

type Limits = Pick<
  IntakeLimits,
  'rereadsAtOnce' | 'rereadsWaiting' | 'rereadsWaitingOfOne' | 'rereadPatience'
>;

/**
 * Stored files that are read again to answer a question. These reads neither wait for incoming files nor delay them. Each caller has one
 * read at a time, so that one caller's questions do not block those of others.
 */
export class Rereads {
  private readonly turns: Turns;

  constructor({ rereadsAtOnce, rereadsWaiting, rereadsWaitingOfOne, rereadPatience }: Limits) {
    const limits = {
      atOnce: rereadsAtOnce,
      maxWaiting: rereadsWaiting,
      maxWaitingOfOne: rereadsWaitingOfOne,
    };
    this.turns = new Turns({ ...limits, maxWaitMs: rereadPatience }, 'rereads_busy');
  }

  /** @throws Problem rereads_busy where no slot became free in time, or too many calls wait */
  run<T>(caller: Sender, work: () => Promise<T>): Promise<T> {
    const asker = caller.kind === 'staff' ? `person ${caller.person}` : `department ${caller.department}`;
    return this.turns.of(asker)(work);
  }
}

/** Whether this process stored rows since the job that waits for them ran last: it then runs at once. */
interface NotedRows {
  readonly rules: Noted;
  readonly rollups: Noted;
}

export interface IntakeServices {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly registry: Registry;
  readonly sealer: Sealer;
  readonly attachments: AttachmentStorages;
  /** absent: attachments are not scanned */
  readonly scanner?: ScannerPlace | undefined;
  readonly subjectKey: KeyObject;
  readonly translators: Translators;
  readonly rereads: Rereads;
  readonly noted: NotedRows;
  readonly limits: IntakeLimits;
  readonly report: ReportFailure;
}

export interface IntakeNeeds extends Pick<IntakeServices, 'database' | 'audit' | 'registry' | 'report'> {
  readonly keys: Pick<HubKeys, 'sealing' | 'subject'>;
  /** absent: the database */
  readonly attachments?: AttachmentStorages;
  readonly scanner?: ScannerPlace | undefined;
}

/** @param limits that differ from the defaults; read at each call */
export function intakeServices(needs: IntakeNeeds, limits: Partial<IntakeLimits> = {}): IntakeServices {
  const { database, audit, registry, report, keys } = needs;
  return {
    database,
    audit,
    registry,
    report,
    sealer: sealerOf(keys.sealing),
    attachments: needs.attachments ?? new AttachmentStorages(databaseStorage(database.app)),
    scanner: needs.scanner,
    subjectKey: keys.subject,
    noted: { rules: new Noted(), rollups: new Noted() },
    translators: new Translators(),
    rereads: new Rereads({ ...defaultIntakeLimits, ...limits }),
    get limits() {
      return { ...defaultIntakeLimits, ...limits };
    },
  };
}
