/**
 * Compares two sets of documents cell by cell, which is possible because plans are finite. A cell is one field, or one condition, under one
 * (agreement, consumer, purpose, dataset). The verdict states who must sign before the change may come into force.
 */
import { consumerOf } from '../documents/agreement.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import { aggregateText } from '../aggregates/bounds.ts';
import { factText } from '../factAnswer.ts';
import type { FieldGrant } from '../decision.ts';
import { placeOf } from '../masks/rows/fieldPath.ts';
import { maskText } from '../masks/maskText.ts';
import { meet, sameUse } from '../masks/meet.ts';
import type { Plan } from '../plans/plan.ts';
import type { Plans } from '../plans.ts';
import { cellChange, type CellChange, type ChangeKind } from './cellChange.ts';
import { changesReasons } from './changesReasons.ts';
import { conditionCells } from './conditionCells.ts';

export type { CellChange, ChangeKind } from './cellChange.ts';

export interface Signature {
  readonly role: 'provider' | 'consumer' | 'data-office';
  readonly department: string;
  readonly because: 'added' | 'loosened' | 'purpose' | 'reasons' | 'restriction';
}

export interface PolicyDiff {
  readonly from: string;
  readonly to: string;
  readonly counts: Readonly<Record<ChangeKind, number>>;
  readonly cells: readonly CellChange[];
  readonly verdict: {
    /** one-person: nothing is added or loosened, and no reason for a field changes; signatures: these parties must sign first */
    readonly needs: 'nothing' | 'one-person' | 'signatures';
    readonly signatures: readonly Signature[];
  };
}

/** Compares two compiled sets. Two masks that cannot be compared count as loosened, since it cannot be proven that no more is revealed. */
export function diffPlans(before: Plans, after: Plans): PolicyDiff {
  const [old, fresh] = [byKey(before), byKey(after)];
  const cells: CellChange[] = [];
  for (const [key, plan] of fresh) {
    const earlier = old.get(key);
    if (earlier === undefined) cells.push(...wholePlan(plan, 'added'));
    else if (earlier.whole !== plan.whole)
      cells.push(...fieldCells(earlier, plan), ...conditionCells(earlier, plan));
  }
  for (const [key, plan] of old) if (!fresh.has(key)) cells.push(...wholePlan(plan, 'removed'));
  const counts = { added: 0, loosened: 0, tightened: 0, removed: 0 };
  for (const { kind } of cells) counts[kind] += 1;
  return {
    from: before.digest,
    to: after.digest,
    counts,
    cells,
    verdict: verdictOf(cells, before, after),
  };
}

function byKey(plans: Plans): ReadonlyMap<string, Plan> {
  return new Map(
    plans.all.map((plan) => {
      const { agreement, consumer, purpose, dataset } = plan.ref;
      return [`${agreement}\n${consumer}\n${purpose}\n${dataset}`, plan];
    }),
  );
}

function wholePlan(plan: Plan, kind: 'added' | 'removed'): CellChange[] {
  const texts = (mask: string): [string | undefined, string | undefined] =>
    kind === 'added' ? [undefined, mask] : [mask, undefined];
  return [
    ...plan.whole.fields.map(({ field, mask }) => cellChange(plan, kind, field, ...texts(maskText(mask)))),
    ...[...plan.lookups].map((field) => cellChange(plan, kind, '(lookupBy)', ...texts(field))),
    ...[...plan.facts.values()].map((fact) => cellChange(plan, kind, '(facts)', ...texts(factText(fact)))),
    ...[...plan.aggregates.values()].map((one) =>
      cellChange(plan, kind, '(aggregates)', ...texts(aggregateText(one))),
    ),
  ];
}

function fieldCells(before: Plan, after: Plan): CellChange[] {
  const old = new Map(before.whole.fields.map((grant) => [grant.field, grant]));
  const cells = after.whole.fields.flatMap((grant): CellChange[] => {
    const earlier = old.get(grant.field);
    old.delete(grant.field);
    if (earlier === undefined)
      return [cellChange(after, 'added', grant.field, undefined, maskText(grant.mask))];
    if (sameUse(earlier.mask, grant.mask)) return [];
    const kind = tightens(earlier, grant, after) ? 'tightened' : 'loosened';
    return [cellChange(after, kind, grant.field, maskText(earlier.mask), maskText(grant.mask))];
  });
  const gone = [...old.values()].map(({ field, mask }) =>
    cellChange(before, 'removed', field, maskText(mask)),
  );
  return [...cells, ...gone];
}

/** Whether the new mask reveals no more than the old one: their meet is the new one. */
function tightens(earlier: FieldGrant, now: FieldGrant, plan: Plan): boolean {
  const domain = placeOf(plan.schema, now.field)?.domain;
  const met = domain && meet(earlier.mask, now.mask, domain);
  return met !== undefined && sameUse(met, now.mask);
}

function verdictOf(cells: readonly CellChange[], before: Plans, after: Plans): PolicyDiff['verdict'] {
  const signatures = new Map<string, Signature>();
  const sign = (role: Signature['role'], department: string, because: Signature['because']): void => {
    const key = `${role} ${department}`;
    if (!signatures.has(key)) signatures.set(key, { role, department, because });
  };
  for (const { kind, provider, consumer, agreement } of cells) {
    if (kind !== 'added' && kind !== 'loosened') continue;
    sign('provider', provider, kind);
    if (kind === 'added' && !before.agreements.has(agreement)) sign('consumer', consumer, 'purpose');
  }
  const restrictionsLoosened =
    signatures.size > 0 && textOf(before.restrictions) !== textOf(after.restrictions);
  if (restrictionsLoosened || weakerRestrictions(before, after))
    sign('data-office', 'data-office', 'restriction');
  for (const consumer of consumersOfChangedReasons(before, after)) sign('consumer', consumer, 'reasons');
  const all = [...signatures.values()];
  const needs =
    all.length > 0
      ? 'signatures'
      : cells.length > 0 || before.digest !== after.digest
        ? 'one-person'
        : 'nothing';
  return { needs, signatures: all };
}

/** The reasons for fields are the consumer's words: no other party changes them alone. */
const consumersOfChangedReasons = (before: Plans, after: Plans): string[] =>
  [...after.agreements].flatMap(([id, { agreement }]) => {
    const earlier = before.agreements.get(id)?.agreement;
    const isSame = earlier === undefined || earlier.digest === agreement.digest;
    return isSame || !changesReasons(earlier, agreement) ? [] : [consumerOf(agreement)];
  });

const textOf = (restrictions: Plans['restrictions']): string =>
  canonicalText(restrictions.map(({ digest }) => digest).sort());

/** A Restriction that is removed or changed may loosen what no agreement grants yet: only the data office may do that. */
function weakerRestrictions(before: Plans, after: Plans): boolean {
  const stored = new Map(after.restrictions.map((one) => [one.id, one.digest]));
  return before.restrictions.some((one) => stored.get(one.id) !== one.digest);
}
