/**
 * The first copy of a feed as a stream (POST /v1/datasets/{dataset}/stream with `changes`). Each part is decided, masked and logged like
 * an answer of the feed. The feed counts its rows as held from the part's entry on. The watermark is valid once the whole copy was sent
 * and acknowledged. An interrupted copy resumes after the last verified part.
 */
import type { DecisionRequest, Permission } from '../../../../policies/decision.ts';
import { entryFacts } from '../../../../policies/entryFacts.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { openSealed, sealCursor, type CursorContext } from '../../cursor.ts';
import { hostedReleased } from '../allowedCall.ts';
import { consentCheck } from '../consents.ts';
import { entryClaim, privateFact } from '../entryClaim.ts';
import { linesOf } from '../linesOf.ts';
import { quotaCounter, quotasOf } from '../quotas.ts';
import { cursorContext } from '../requestedRows.ts';
import type { ReleaseServices } from '../services.ts';
import { disclosedFields, stillAllowed, termsDigest, type Part } from '../streamPart.ts';
import type { PartSource } from '../streamedParts.ts';
import { underCorrection } from '../underCorrection.ts';
import { nextChanges } from './round.ts';
import { goingOn } from './roundStart.ts';
import { beginCopy, holdPart, resumeCopy, type FeedPlace } from './store/feeds.ts';

/** Pages of a part: its rows are written to the feed while no other entry is written. */
const pagesOfPart = 4;

export interface RequestedCopy {
  readonly request: DecisionRequest;
  readonly first: Permission;
  readonly fields: readonly string[] | undefined;
  readonly department: string;
  /** the exchange of the stream */
  readonly exchange: string;
  readonly now: number;
  /** cursor of the last verified part of an interrupted copy */
  readonly after: string | undefined;
}

/** The content of a cursor. */
interface CopyPlace {
  readonly feed: string;
  /** parts of the feed so far, over all streams */
  readonly part: number;
  readonly place: FeedPlace;
}

export interface Copy {
  /** Runs in the transaction of the opening entry. @throws Problem changes_watermark_unknown */
  readonly open: (transaction: Transaction) => Promise<void>;
  readonly parts: (services: ReleaseServices) => PartSource;
}

/** @throws Problem cursor_invalid, dataset_without_rows */
export async function copyOf(services: ReleaseServices, requested: RequestedCopy): Promise<Copy> {
  const { request, first, department, exchange, after, now } = requested;
  const dataset = hostedReleased(services.registry, first);
  const counter = quotaCounter(first.plan);
  const context = contextOf(requested, dataset.row.id);
  let at: CopyPlace;
  if (after === undefined) {
    const check = consentCheck(first, disclosedFields(first, {}, dataset), now);
    const from = await goingOn(services, { permission: first, dataset, check, counter, now }, undefined);
    at = { feed: exchange, part: 0, place: { ...from, copy: 'first' } };
  } else at = openSealed(services.keys.cursor, context, after) as CopyPlace; // only this hub can have sealed it

  const open = async (transaction: Transaction): Promise<void> => {
    const { id } = dataset.row;
    const begun = { counter, department, dataset: id, asked: request, exchange, place: at.place, now };
    if (after === undefined) return beginCopy(transaction, begun);
    const place = await resumeCopy(transaction, { ...begun, feed: at.feed, part: at.part });
    if (place === undefined) throw new Problem('changes_watermark_unknown', {}, { at: '/body/after' });
    at = { ...at, place };
  };
  const parts = (within: ReleaseServices): PartSource => {
    let next: CopyPlace = at;
    return {
      typeErrors: 0,
      isWhole: () => at.place.phase === 'done',
      part: async (entry, tally) => {
        const { part, to } = await makeCopyPart(within, requested, { ...entry, counter, at, before: tally });
        next = { feed: at.feed, part: at.part + 1, place: to };
        return part;
      },
      taken: () => {
        at = next;
        return sealCursor(within.keys.cursor, context, at);
      },
      stop: () => undefined,
    };
  };
  return { open, parts };
}

function contextOf({ first, fields, department }: RequestedCopy, dataset: string): CursorContext {
  const page = cursorContext(fields === undefined ? {} : { fields }, first, dataset, department);
  return { ...page, policy: termsDigest(first).toString('hex'), query: `copy ${page.query}` };
}

interface CopyPartPlace {
  readonly id: string;
  readonly now: number;
  readonly counter: string;
  readonly at: CopyPlace;
  readonly before: { readonly parts: number; readonly rows: number };
}

/** @throws Problem where the rows may no longer leave, or the feed moved on without this stream */
async function makeCopyPart(
  services: ReleaseServices,
  { request, first, exchange }: RequestedCopy,
  { id, now, counter, at, before }: CopyPartPlace,
): Promise<{ readonly part: Part; readonly to: FeedPlace }> {
  const { registry } = services;
  const permission = stillAllowed(registry, request, first, now);
  const dataset = hostedReleased(registry, permission);
  const check = consentCheck(permission, disclosedFields(permission, {}, dataset), now);
  const changes = await services.bulk.run(() =>
    nextChanges(
      services,
      {
        permission,
        dataset,
        check,
        now,
        counter,
        feed: at.feed,
        acknowledged: new Map(),
        limit: pagesOfPart * services.streams.limits.rowsOfPage,
      },
      at.place,
    ),
  );
  const bytes = linesOf(changes.reported);
  const rows = changes.reported.length;
  const delivered = changes.reported.filter(({ op }) => op === 'put').length;
  const more = changes.to.phase !== 'done';
  const to: FeedPlace = more ? changes.to : { ...changes.to, copy: 'whole' };
  const correction = underCorrection(services, dataset, permission, () =>
    changes.subjects.map((subject) => [subject]),
  );
  const claim = entryClaim(check, changes.consented, [], { exchange: id });
  const quotas = quotasOf(permission, now, { rows: delivered, bytes: bytes.length });
  const part: Part = {
    bytes,
    rows,
    typeErrors: 0,
    next: undefined,
    notes: (correction.answer.notes ?? []).map(({ code, records }) => ({
      code,
      records: records.map((place) => before.rows + place),
    })),
    subjects: Buffer.concat(
      changes.subjects.flatMap((subject) =>
        subject === undefined ? [] : [services.keys.logToken(subject, now)],
      ),
    ),
    facts: {
      ...entryFacts(request, permission),
      schema: dataset.schema.urn,
      rows: { delivered, withheld: 0 },
      ...privateFact(claim),
      ...correction.facts,
      change: { feed: at.feed, gone: rows - delivered, more },
      stream: { id: exchange, state: 'part', parts: before.parts + 1, rows, bytes: bytes.length },
    },
    ...(quotas.length === 0 ? {} : { claims: { quotas } }),
    work: async (transaction) => {
      await claim?.work?.(transaction);
      const part = { feed: at.feed, exchange, part: at.part + 1, changes: changes.toStore, to, now };
      if (!(await holdPart(transaction, part))) throw new Problem('changes_watermark_unknown');
    },
    privatePart: claim?.privatePart,
    confirm: claim?.confirm,
  };
  return { part, to };
}
