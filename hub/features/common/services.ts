/** Dependencies of the operations. Created once by the composition root. */
import type { StaffPlace } from '../../pipeline/callers/staffAuth.ts';
import type { ReportFailure } from '../../pipeline/reply.ts';
import type { AuditLog } from '../../log/draft.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Identity } from '../../identity/openIdentity.ts';
import type { AllowedReminders } from '../../domain/reminder.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import type { Database } from '../../platform/database/database.ts';
import type { ServicePlace } from '../../flows/live/service/servicePlace.ts';
import type { SourcePlace } from '../pulls/sourcePlace.ts';
import type { Turns } from '../../../machine/turns.ts';
import type { Simulations } from '../agreements/operations/simulations.ts';
import type { OpenEventWatch } from '../events/openEventWatch.ts';
import type { Increase } from '../health/operations/counterHistory.ts';
import type { HubCounters } from '../health/operations/hubCounters.ts';
import type { MetricFamily } from '../health/operations/metricFamily.ts';

export interface HubPlace {
  readonly name: string;
  /** public origin of the exchange listener; requests are signed for it */
  readonly publicOrigin: string;
  /** origin of the open listener */
  readonly openOrigin: string;
  /** the staff listener, as browsers reach it */
  readonly staff: StaffPlace;
  /** the citizen listener, as browsers reach it; absent if there is none */
  readonly citizen?: StaffPlace;
  /** demo only: the app from which persons open their own pages */
  readonly personApp?: string;
}

/** The metrics of this process, for operations that show them. */
export interface HubFigures {
  /** all, with the gauges that are computed when they are read */
  families(): Promise<readonly MetricFamily[]>;
  /** by how much counters increased in the last quarter of an hour */
  increase(): Promise<Increase>;
}

export interface Services {
  readonly hub: HubPlace;
  readonly database: Database;
  readonly keys: HubKeys;
  readonly audit: AuditLog;
  readonly identity: Identity;
  /** schemas, datasets and compiled policy for the flows */
  readonly registry: Registry;
  readonly counters: HubCounters;
  readonly figures: HubFigures;
  /** further readiness checks by name: each returns `ok`, `degraded: …`, or the reason for failure */
  readonly readiness?: Readonly<Record<string, () => Promise<string> | string>>;
  /** department databases that pulls may connect to */
  readonly sources: readonly SourcePlace[];
  /** domains and hosts that may receive reminders */
  readonly reminders: AllowedReminders;
  /** department services that live datasets may query */
  readonly servicePlaces: readonly ServicePlace[];
  /** threads that lint and compare schemas: a small number, one per person */
  readonly checks: Turns;
  /** comparisons of stored rows that persons ask for: one at a time */
  readonly verifications: Turns;
  readonly simulations: Simulations;
  /** pages that stay open and show open events */
  readonly openEventWatch: OpenEventWatch;
  readonly report: ReportFailure;
  /** writes the current list of erasures to the file outside the database */
  readonly keepErasures: () => Promise<void>;
}
