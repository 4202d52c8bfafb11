/** A webhook in work: its configuration, the events that are next, and what may leave of them by the release flow. */
import type { DecisionRequest, Permission } from '../../../policies/decision.ts';
import { entryFacts } from '../../../policies/entryFacts.ts';
import { departmentCode, keyId } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { theHub, type AuditLog } from '../../log/draft.ts';
import { entry, type EntryParts, type LeafFacts } from '../../log/entry.ts';
import { DecideAfresh } from '../../pipeline/call.ts';
import { bothCurrent, currentEpoch } from '../../pipeline/requestChecks.ts';
import type { Identity } from '../../identity/identity.ts';
import type { RetrySchedule } from '../../flows/deliveries/retrySchedule.ts';
import { decided, openDataset } from '../../flows/release/allowedCall.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import { releasableEvents, type ReleasableEvents } from './nextEvents.ts';
import { waitingRun } from './store/deadLetters.ts';
import { nextRun, type StoredEvent, type StoredRun } from './store/events.ts';
import { subscriptionById, type SubscriptionRow } from './store/subscriptions.ts';
import {
  advanceWebhook,
  setBackWebhook,
  webhookOf,
  type Claimed,
  type WebhookRow,
} from './store/webhooks.ts';
import type { WebhookRoute } from './webhookSender.ts';

export interface DispatchServices extends Omit<ReleaseServices, 'identity'> {
  readonly audit: Pick<AuditLog, 'append' | 'epoch'>;
  readonly identity: Pick<Identity, 'current' | 'keyInForce' | 'checkAuthorised'>;
  /** origin of the exchange listener */
  readonly publicOrigin: string;
  readonly route: WebhookRoute;
  readonly schedule: RetrySchedule;
  /** milliseconds for which one process has a webhook; longer than an entry and a message take */
  readonly leaseMs: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

/** A webhook in work: its configuration as it was when it was claimed. */
export interface Work {
  readonly claimed: Claimed;
  readonly webhook: WebhookRow;
  readonly subscription: SubscriptionRow;
  position: bigint;
  attempts: number;
  failingSince: number | null;
  /** there are dead letters to be sent again */
  letters: boolean;
  /** Unix milliseconds; the lease ends */
  until: number;
}

/** Events that are to be sent next. */
export interface Run extends StoredRun {
  /** they are dead letters that are sent again */
  readonly isReplay: boolean;
}

/** Decided and masked: what may leave of a run. */
export interface Allowed {
  readonly permission: Permission;
  readonly facts: LeafFacts;
  readonly releasable: ReleasableEvents;
  readonly stored: readonly StoredEvent[];
  readonly epoch: number;
  readonly now: number;
}

/** @returns undefined where it ended, or where its configuration was changed by others than the hub */
export async function workOf(
  services: DispatchServices,
  claimed: Claimed,
  until: number,
): Promise<Work | undefined> {
  const { app } = services.database;
  const { subscription: id, position, attempts, failingSince, letters } = claimed;
  const [webhook, subscription] = await Promise.all([webhookOf(app, id), subscriptionById(app, id)]);
  if (subscription?.endedAt !== undefined) return undefined;
  if (webhook === undefined || subscription === undefined) {
    const next = services.database.now() + services.schedule.maxMs;
    await setBackWebhook(app, claimed, {
      trouble: 'configuration',
      status: null,
      next,
      attempts,
      failingSince,
    });
    return undefined;
  }
  return { claimed, webhook, subscription, position, attempts, failingSince, letters, until };
}

/** Dead letters that are sent again come first. Where there is nothing, the position moves to the end that the topic had at the claim. */
export async function runOf({ database }: DispatchServices, work: Work): Promise<Run | undefined> {
  const { app } = database;
  const { subscription, webhook } = work;
  if (work.letters) {
    const again = await waitingRun(app, subscription.id, webhook.batch);
    if (again !== undefined) return { ...again, isReplay: true };
    work.letters = false;
  }
  const run = await nextRun(app, subscription, work.position, webhook.batch);
  if (run !== undefined) return { ...run, isReplay: false };
  // read before the events: numbers have no gaps, so that nothing of the topic up to here is for this subscription
  const { newest } = work.claimed;
  if (newest > work.position)
    await advanceWebhook(app, work.claimed, { position: newest, until: work.until, delivered: false });
  return undefined;
}

/** The epoch that a decision may claim, of an allowed message and of a refusal alike. */
export const registriesCurrent = ({ registry, identity, audit }: DispatchServices): Promise<number> =>
  currentEpoch(() => bothCurrent(identity.current(), registry.refresh()), audit);

/** @param epoch of `registriesCurrent` @throws Problem where the release flow refuses */
export async function allowedOf(
  services: DispatchServices,
  work: Work,
  run: Run,
  epoch: number,
): Promise<Allowed> {
  const { registry, database } = services;
  const { subscription, webhook } = work;
  const now = database.now();
  checkVouched(services, subscription, webhook);
  const request = requestOf(subscription, run.type);
  const { decision, refusal } = decided(request, registry.current, now);
  if (refusal !== undefined) throw refusal;
  const dataset = openDataset(registry, decision);
  const stored = run.events.slice(0, decision.limits.rowsPerCall);
  const releasable = await releasableEvents(services, subscription, decision, dataset, stored, now);
  return { permission: decision, facts: entryFacts(request, decision), releasable, stored, epoch, now };
}

/** What of a subscription its deliveries are decided by. */
type Decided = Pick<
  SubscriptionRow,
  'department' | 'agreement' | 'purpose' | 'onBehalfOf' | 'matter' | 'filter'
>;

export const requestOf = (subscription: Decided, type: string): DecisionRequest => ({
  consumer: subscription.department,
  dataset: type,
  agreement: subscription.agreement,
  purpose: subscription.purpose,
  onBehalfOf: subscription.onBehalfOf ?? undefined,
  matter: subscription.matter ?? undefined,
  fields: undefined,
  limit: undefined,
  filter: subscription.filter,
  sort: [],
  events: true,
});

/**
 * Whether certificate and key of the call that made the webhook are still good. A certificate that expired was renewed by another one; one
 * that was revoked stops the deliveries. @throws Problem certificate_revoked, key_revoked, …
 */
function checkVouched(
  { identity }: Pick<DispatchServices, 'identity'>,
  subscription: SubscriptionRow,
  { certificate, keyid }: WebhookRow,
): void {
  const department = departmentCode(subscription.department);
  if (identity.keyInForce(keyid, department) === undefined)
    throw new Problem('key_revoked', { keyid }, { check: 'key' });
  try {
    identity.checkAuthorised({
      kind: 'department',
      department,
      keyid: keyId(keyid),
      certificate,
      nonce: '',
      expires: 0,
      signatureHash: '',
      digest: '',
      signed: {},
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'certificate_expired') throw error;
  }
}

/** Appends an entry of the hub's own. @throws Problem quota_exhausted; DecideAfresh where what it was decided on changed */
export const append = (
  { audit }: Pick<DispatchServices, 'audit'>,
  parts: Omit<EntryParts<undefined>, 'operation' | 'actor' | 'carried'>,
): Promise<unknown> =>
  audit.append(
    entry({
      ...parts,
      operation: 'deliverEvents',
      actor: theHub,
      carried: undefined,
      decideAgain: (lost) => {
        throw lost === 'quotas' ? new Problem('quota_exhausted') : new DecideAfresh();
      },
    }),
  );
