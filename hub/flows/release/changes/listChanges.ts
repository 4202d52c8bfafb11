/**
 * POST /v1/datasets/{dataset}/changes: changes of the rows that an agreement grants, since the state that the consumer acknowledged.
 *
 *   decide → the feed and its acknowledged state → rows that differ, masked → deleted rows → answer; the feed advances with its entry
 *
 * With `wait` a call without changes is decided again once rows, deletions or consents of the dataset changed, until there are changes of
 * what its consumer receives, the time is over, or it has searched `maxSearches` times. Its entry has the time of its last decision. Several
 * changes of a row in between are one change: rows are compared, not recorded.
 */
import { describedObligations } from '../../../../policies/obligations/describedObligations.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, DecideAfresh, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import { feedOf, storeAnswer, type Feed, type FeedPlace } from './store/feeds.ts';
import { reportedChanges, type Change } from './store/heldRows.ts';
import { hostedReleased, whenAllowed, type AllowedCall } from '../allowedCall.ts';
import { consentCheck, type ConsentCheck } from '../consents.ts';
import { entryClaim, privateFact } from '../entryClaim.ts';
import { counted, quotaCounter } from '../quotas.ts';
import type { ReleaseServices } from '../services.ts';
import { disclosedFields } from '../streamPart.ts';
import { underCorrection } from '../underCorrection.ts';
import type { ChangeSource } from './changeWaits.ts';
import { goingOn } from './roundStart.ts';
import { releaseOperation } from '../../operation.ts';
import { nextChanges, type Changes } from './round.ts';

/** `ChangesQuestion` of openapi.yaml, already validated. */
interface ChangesQuestion {
  readonly fields?: readonly string[];
  readonly limit?: number;
  readonly acknowledge?: string;
  readonly restart?: true;
  /** seconds */
  readonly wait?: number;
}

/** Changes of one answer where the caller names no number; also the maximum. */
const usualLimit = 1_000;
/** How often one call searches: searches share their places with streams and exports. */
const maxSearches = 5;

export const listChanges = releaseOperation('listChanges', {
  kind: 'release',
  run: async (call, services) => {
    const question: ChangesQuestion = call.body;
    const leave = (question.wait ?? 0) > 0 ? services.changeWaits.enter(call.caller.department) : undefined;
    try {
      return await step(services, call, {
        question,
        wait: leave === undefined ? 0 : (question.wait ?? 0),
        searches: 1,
        place: undefined,
        mark: undefined,
      });
    } finally {
      leave?.();
    }
  },
});

interface Asked {
  readonly question: ChangesQuestion;
  /** seconds; 0: it is answered at once */
  readonly wait: number;
  /** the number of this search */
  readonly searches: number;
  /** where the call already searched up to without finding a change */
  readonly place: FeedPlace | undefined;
  /** of the rows when the round began that goes on at the place; undefined: this search begins one */
  readonly mark: string | undefined;
}

/** Decides and searches, and repeats both until something that the consumer receives changed or the time is over. */
async function step(services: ReleaseServices, call: Call<DepartmentCaller>, asked: Asked): Promise<Outcome> {
  const { fields, limit } = asked.question;
  const deciding = asked.wait === 0 ? call : { ...call, now: services.database.now() };
  const outcome = await whenAllowed(deciding, services, { fields, limit, changes: true }, (allowedCall) =>
    searched(services, call, deciding, asked, allowedCall),
  );
  // what a call that waited rests on may be newer than its arrival; a later search has set its own time
  return asked.wait === 0 || outcome.entry === 'none' ? outcome : { at: deciding.now, ...outcome };
}

/** @param call as it arrived @param deciding the same at the moment of this decision */
async function searched(
  services: ReleaseServices,
  call: Call<DepartmentCaller>,
  deciding: Call<DepartmentCaller>,
  asked: Asked,
  allowedCall: AllowedCall,
): Promise<Outcome> {
  const { wait, searches } = asked;
  const { database, bulk, changeWaits } = services;
  const source = wait === 0 ? undefined : sourceOf(services, deciding, allowedCall);
  const mark = source && (asked.mark ?? (await changeWaits.mark(source)));
  const found = await bulk.run(() => foundBy(services, deciding, asked, allowedCall));
  const left = call.now + wait * 1_000 - database.now();
  if (
    source === undefined ||
    left <= 0 ||
    searches >= maxSearches ||
    found.begins ||
    found.changes.reported.length > 0
  )
    return answer(services, deciding, found, allowedCall);
  const { to } = found.changes;
  const isWhole = to.phase === 'done';
  if (!(await changeWaits.wait(isWhole ? { source, mark } : undefined, left)))
    return answer(services, deciding, found, allowedCall);
  const next = { place: to, mark: isWhole ? undefined : mark, searches: searches + 1 };
  return step(services, call, { ...asked, ...next });
}

function sourceOf(
  services: ReleaseServices,
  { now }: Call<DepartmentCaller>,
  { permission }: AllowedCall,
): ChangeSource {
  const dataset = hostedReleased(services.registry, permission);
  const check = consentCheck(permission, disclosedFields(permission, {}, dataset), now);
  return { dataset: dataset.row.id, scope: check?.scope };
}

/** What a search found, and the feed that it advances. */
interface Found {
  readonly stored: Feed | undefined;
  readonly found: Feed | undefined;
  readonly acknowledges: boolean;
  readonly from: FeedPlace;
  readonly changes: Changes;
  readonly check: ConsentCheck | undefined;
  /** the consumer has acknowledged nothing yet */
  readonly begins: boolean;
}

async function foundBy(
  services: ReleaseServices,
  { exchange, now }: Call<DepartmentCaller>,
  { question, place }: Asked,
  { permission }: AllowedCall,
): Promise<Found> {
  const dataset = hostedReleased(services.registry, permission);
  const check = consentCheck(permission, disclosedFields(permission, {}, dataset), now);
  const counter = quotaCounter(permission.plan);
  const stored = await feedOf(services.database.app, counter);
  const found = beginsAnew(question, stored) ? undefined : stored;
  const acknowledges = isNews(question, found);
  const requested = {
    permission,
    dataset,
    check,
    now,
    counter,
    feed: found?.id ?? exchange,
    acknowledged: await acknowledgedRows(services, acknowledges ? found : undefined),
    limit: question.limit ?? Math.min(usualLimit, permission.limits.rowsPerCall),
  };
  const from = await goingOn(services, requested, place ?? (acknowledges ? found?.toldPlace : found?.place));
  const changes = await nextChanges(services, requested, from);
  const begins = !acknowledges && (found?.acknowledged ?? null) === null;
  return { stored, found, acknowledges, from, changes, check, begins };
}

function answer(
  services: ReleaseServices,
  call: Call<DepartmentCaller>,
  { stored, found, acknowledges, from, changes, check, begins }: Found,
  { request, permission, facts, attempt }: AllowedCall,
): Outcome {
  const { exchange, now, caller } = call;
  const dataset = hostedReleased(services.registry, permission);
  const counter = quotaCounter(permission.plan);
  const claim = entryClaim(check, changes.consented, [], call);
  const correction = underCorrection(services, dataset, permission, () =>
    changes.subjects.map((subject) => [subject]),
  );
  const delivered = changes.reported.filter(({ op }) => op === 'put').length;
  const gone = changes.reported.length - delivered;
  const more = changes.to.phase !== 'done';
  const body = {
    changes: changes.reported,
    watermark: exchange,
    batch: changes.to.batch,
    begins,
    more,
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
        feed: found?.id ?? exchange,
        ...(acknowledges && found !== undefined ? { acknowledged: found.told } : {}),
        gone,
        more,
      },
      ...correction.facts,
      ...privateFact(claim),
    },
    subjects: changes.subjects.flatMap((subject) =>
      subject === undefined ? [] : [services.keys.logToken(subject, now)],
    ),
    attempt,
    privatePart: claim?.privatePart,
    work: async (transaction) => {
      await claim?.work?.(transaction);
      const retained = await storeAnswer(transaction, {
        counter,
        exchange,
        acknowledges,
        now,
        from,
        found,
        department: caller.department,
        dataset: dataset.row.id,
        asked: request,
        left: found === undefined ? stored : undefined,
        to: changes.to,
        changes: changes.toStore,
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
