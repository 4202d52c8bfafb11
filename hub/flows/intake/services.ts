/** What the intake and the return walk work with. Made once by the composition root. */
import type { KeyObject } from 'node:crypto';
import type { AuditLog } from '../../log/draft.ts';
import type { ReportFailure } from '../../pipeline/reply.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Sealer } from '../rows/store/sealedParts.ts';
import { sealerOf } from '../sealer.ts';
import { Rereads } from './rereading/rereads.ts';
import { defaultIntakeLimits, type IntakeLimits } from './limits.ts';
import { Translators } from './translationTarget.ts';

export interface IntakeServices {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly registry: Registry;
  readonly sealer: Sealer;
  readonly subjectKey: KeyObject;
  readonly translators: Translators;
  readonly rereads: Rereads;
  readonly limits: IntakeLimits;
  readonly report: ReportFailure;
}

export interface IntakeNeeds extends Pick<IntakeServices, 'database' | 'audit' | 'registry' | 'report'> {
  readonly keys: Pick<HubKeys, 'sealing' | 'subject'>;
}

/** @param limits that differ from the usual ones; read at each call */
export function intakeServices(needs: IntakeNeeds, limits: Partial<IntakeLimits> = {}): IntakeServices {
  const { database, audit, registry, report, keys } = needs;
  return {
    ...{ database, audit, registry, report },
    sealer: sealerOf(keys.sealing),
    subjectKey: keys.subject,
    translators: new Translators(),
    rereads: new Rereads({ ...defaultIntakeLimits, ...limits }),
    get limits() {
      return { ...defaultIntakeLimits, ...limits };
    },
  };
}
