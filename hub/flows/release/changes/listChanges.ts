/**
 * POST /v1/datasets/{dataset}/changes: changes of the rows that an agreement grants, since the state that the consumer acknowledged.
 *
 *   decide → the feed and its acknowledged state → rows that differ, masked → deleted rows → answer; the feed advances with its entry
 */
import { describedObligations } from '../../../../policies/obligations/describedObligations.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, DecideAfresh, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import { feedOf, storeAnswer, type Feed } from './store/feeds.ts';
import { reportedChanges, type Change } from './store/heldRows.ts';
import { hostedReleased, whenAllowed, type AllowedCall } from '../allowedCall.ts';
import { consentCheck } from '../consents.ts';
import { entryClaim } from '../entryClaim.ts';
import { counted, quotaCounter } from '../quotas.ts';
import type { ReleaseServices } from '../services.ts';
import { disclosedFields } from '../streamPart.ts';
import { underCorrection } from '../underCorrection.ts';
import { goingOn } from './roundStart.ts';
import { releaseOperation } from '../../operation.ts';
import { nextChanges } from './round.ts';

/** `ChangesQuestion` of openapi.yaml, already validated. */
interface ChangesQuestion {
  readonly fields?: readonly string[];
  readonly limit?: number;
  readonly acknowledge?: string;
  readonly restart?: true;
}

/** Changes of one answer where the caller names no number; also the maximum. */
const usualLimit = 1_000;

export const listChanges = releaseOperation('listChanges', {
  kind: 'release',
  run: (call, services) => {
    const question = call.body;
    const { fields, limit } = question;
    return whenAllowed(call, services, { fields, limit, changes: true }, (allowedCall) =>
      services.bulk.run(() => answer(services, call, question, allowedCall)),
    );
  },
});

async function answer(
  services: ReleaseServices,
  call: Call<DepartmentCaller>,
  question: ChangesQuestion,
  { permission, facts, attempt }: AllowedCall,
): Promise<Outcome> {
  const { exchange, now, caller } = call;
  const dataset = hostedReleased(services.registry, permission);
  const check = consentCheck(permission, disclosedFields(permission, {}, dataset), now);
  const counter = quotaCounter(permission.plan);
  const stored = await feedOf(services.database.app, counter);
  const found = beginsAnew(question, stored) ? undefined : stored;
  const acknowledges = isNews(question, found);
  const requested = {
    ...{ permission, dataset, check, now, counter },
    feed: found?.id ?? exchange,
    acknowledged: await acknowledgedRows(services, acknowledges ? found : undefined),
    limit: question.limit ?? Math.min(usualLimit, permission.limits.rowsPerCall),
  };
  const from = await goingOn(services, requested, acknowledges ? found?.toldPlace : found?.place);
  const changes = await nextChanges(services, requested, from);
  const claim = entryClaim(check, changes.consented, [], call.exchange);
  const correction = underCorrection(services, dataset, permission, () =>
    changes.subjects.map((subject) => [subject]),
  );
  const delivered = changes.told.filter(({ op }) => op === 'put').length;
  const gone = changes.told.length - delivered;
  const begins = !acknowledges && (found?.acknowledged ?? null) === null;
  const more = changes.to.phase !== 'done';
  const body = {
    changes: changes.told,
    watermark: exchange,
    batch: changes.to.batch,
    ...{ begins, more },
    withheld: permission.withheld,
    rows: { delivered, gone, withheld: check === undefined ? 0 : ('undisclosed' as const) },
    ...(permission.obligations.length === 0
      ? {}
      : { obligations: describedObligations(permission.obligations, now) }),
    ...correction.answer,
  };
  const outcome = allowed<'listChanges'>(200, body, {
    facts: {
      ...facts,
      schema: dataset.schema.urn,
      rows: { delivered, withheld: 0 },
      change: {
        feed: requested.feed,
        ...(acknowledges && found !== undefined ? { acknowledged: found.told } : {}),
        ...{ gone, more },
      },
      ...correction.facts,
      ...(claim === undefined ? {} : { private: claim.private }),
    },
    subjects: changes.subjects.flatMap((subject) =>
      subject === undefined ? [] : [services.keys.logToken(subject, now)],
    ),
    attempt,
    privatePart: claim?.privatePart,
    work: async (transaction) => {
      await claim?.work?.(transaction);
      const retained = await storeAnswer(transaction, {
        ...{ counter, exchange, acknowledges, now, from, found },
        department: caller.department,
        dataset: dataset.row.id,
        left: found === undefined ? stored : undefined,
        to: changes.to,
        changes: changes.kept,
      });
      if (!retained) throw new DecideAfresh();
    },
    confirm: claim?.confirm,
  });
  return counted(outcome, permission, now, { calls: 1, rows: delivered });
}

/** A first copy that was streamed counts once its watermark is acknowledged. Before that, the consumer's state is not known. */
const beginsAnew = ({ restart, acknowledge }: ChangesQuestion, stored: Feed | undefined): boolean =>
  restart === true ||
  (stored?.place.copy !== undefined && stored.acknowledged === null && acknowledge === undefined);

/**
 * Whether the consumer acknowledges the newest answer; repeating an earlier acknowledgement does not count.
 * @throws Problem changes_watermark_unknown
 */
function isNews({ acknowledge }: ChangesQuestion, found: Feed | undefined): boolean {
  if (acknowledge === undefined) return false;
  const isPartOfCopy = found?.toldPlace.copy !== undefined && found.toldPlace.copy !== 'whole';
  if (found?.told === acknowledge && !isPartOfCopy) return true;
  if (found?.acknowledged === acknowledge) return false;
  throw new Problem('changes_watermark_unknown', {}, { at: '/body/acknowledge' });
}

async function acknowledgedRows(
  { database }: ReleaseServices,
  feed: Feed | undefined,
): Promise<ReadonlyMap<string, Change>> {
  if (feed === undefined) return new Map();
  const reported = await reportedChanges(database.app, feed.id);
  return new Map(reported.map((change) => [change.row, change]));
}
