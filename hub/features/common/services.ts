/** What operations work with. Made once by the composition root. */
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
import type { HubCounters } from '../health/operations/hubCounters.ts';

export interface HubPlace {
  readonly name: string;
  /** origin of the exchange listener as departments reach it; requests are signed for it */
  readonly publicOrigin: string;
  /** origin of the open listener */
  readonly openOrigin: string;
  /** the staff listener as browsers reach it */
  readonly staff: StaffPlace;
  /** the citizen listener as browsers reach it; absent where there is none */
  readonly citizen?: StaffPlace;
  /** of a demo: the app from which persons come to their own pages */
  readonly personApp?: string;
}

export interface Services {
  readonly hub: HubPlace;
  readonly database: Database;
  readonly keys: HubKeys;
  readonly audit: AuditLog;
  readonly identity: Identity;
  /** schemas, datasets and compiled policy as the walks read them */
  readonly registry: Registry;
  readonly counters: HubCounters;
  /** further checks of readiness by name: each answers `ok`, `degraded: …`, or why not */
  readonly readiness?: Readonly<Record<string, () => Promise<string> | string>>;
  /** databases of departments that pulls may connect to */
  readonly sources: readonly SourcePlace[];
  /** domains and hosts that reminders may go to */
  readonly reminders: AllowedReminders;
  /** services of departments that live datasets may be asked of */
  readonly servicePlaces: readonly ServicePlace[];
  /** threads that lint and compare schemas: few at once, one of each person */
  readonly checks: Turns;
  readonly simulations: Simulations;
  readonly report: ReportFailure;
  /** events were stored: deliveries to webhooks begin at once */
  readonly eventsStored: () => void;
  /** the file outside the database says what was erased so far */
  readonly keepErasures: () => Promise<void>;
}
