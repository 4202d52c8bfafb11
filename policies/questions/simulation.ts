/**
 * Decides logged calls twice as if they arrived now: under the documents in force, and under the proposed ones. An entry holds no requested
 * values, so results that depend on values alone are reported as open.
 */
import type { Leaf } from '../../log/leaf.ts';
import { decide } from '../decide.ts';
import type { DecisionRequest } from '../decision.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import type { Plans } from '../plans.ts';
import type { CellChange } from './cellChange.ts';
import { deliveryOf } from './deliveryOf.ts';
import { answerOf, type RecordedAnswer } from './replay.ts';
import { decidable, isDenialCode, requestOf, withoutAgreement, withoutLookups } from './replayEntry.ts';

/**
 * refused: answered under the documents in force, not under the proposed ones; granted: the reverse; changed: other fields or masks;
 * reason: refused for another reason; open: its agreement changes in something that its entry does not record
 */
export type SimulatedKind = 'refused' | 'granted' | 'changed' | 'reason' | 'open';

export interface SimulatedChange {
  readonly kind: SimulatedKind;
  /** `allow → deny field_not_granted`, `field name: clear → personName`; for `open`, the cells that change */
  readonly change: string;
  readonly count: number;
  /** the first few exchanges */
  readonly exchanges: readonly string[];
}

export interface SimulationReport {
  /** calls that were decided again */
  readonly calls: number;
  readonly same: number;
  readonly different: number;
  readonly open: number;
  /** the most frequent first */
  readonly changes: readonly SimulatedChange[];
}

/** Conditions of an agreement that may have decided a call and that its entry does not record. */
const untold: Readonly<Record<'always' | 'rows' | 'batch' | 'fact' | 'aggregate', readonly string[]>> = {
  always: ['(rows)', '(limits)', '(consent)'],
  rows: ['(filterBy)', '(lookupBy)', '(requires)'],
  batch: ['(deliveries)'],
  fact: ['(facts)'],
  aggregate: ['(aggregates)'],
};

interface Counted {
  readonly kind: SimulatedKind;
  readonly change: string;
  count: number;
  readonly exchanges: string[];
}

export class Simulation {
  private readonly before: Plans;
  private readonly after: Plans;
  private readonly document: string;
  private readonly now: number;
  private readonly examples: number;
  /** plan → cells that change under it */
  private readonly touched = new Map<string, Set<string>>();
  private readonly changes = new Map<string, Counted>();
  private calls = 0;
  private same = 0;

  /**
   * @param cells what differs between the two
   * @param document id of the proposed one
   * @param now Unix milliseconds, the decision time of both
   * @param examples number of exchanges stored for each kind of change
   */
  constructor(
    sets: { readonly before: Plans; readonly after: Plans; readonly cells: readonly CellChange[] },
    document: string,
    now: number,
    examples = 3,
  ) {
    this.before = sets.before;
    this.after = sets.after;
    this.document = document;
    this.now = now;
    this.examples = examples;
    for (const { agreement, consumer, purpose, dataset, cell } of sets.cells) {
      const key = keyOf({ agreement, consumer, purpose, dataset });
      this.touched.set(key, (this.touched.get(key) ?? new Set<string>()).add(cell));
    }
  }

  /** Skips entries that are no decision about rows, facts or statistics, and the further entries of a stream. */
  add(leaf: Leaf): void {
    const { kind, policy, dataset, consumer, stream } = leaf;
    if (kind !== 'release' || policy === undefined || dataset === undefined || consumer === undefined) return;
    if (stream !== undefined && stream.state !== 'open') return;
    this.calls += 1;
    const request = { ...requestOf(leaf, consumer, dataset), ...deliveryOf(leaf) };
    const found = this.isUntouched(request) ? undefined : this.compare(leaf, request);
    if (found === undefined) this.same += 1;
    else this.count(leaf, ...found);
  }

  report(): SimulationReport {
    const changes = [...this.changes.values()].sort(
      (a, b) => b.count - a.count || (a.change < b.change ? -1 : 1),
    );
    const open = changes.reduce((sum, { kind, count }) => (kind === 'open' ? sum + count : sum), 0);
    const different = this.calls - this.same - open;
    return { calls: this.calls, same: this.same, different, open, changes };
  }

  /** Whether it names an agreement in which nothing changes: nothing else in the sets decides about it. */
  private isUntouched(request: DecisionRequest): boolean {
    const { agreement } = request;
    if (agreement === undefined || agreement === this.document) return false;
    const known = this.before.agreements.get(agreement)?.plans.has(request.consumer) === true;
    return known && !this.touched.has(keyOf(request));
  }

  /** @returns what differs; undefined where nothing does */
  private compare(leaf: Leaf, requested: DecisionRequest): readonly [SimulatedKind, string] | undefined {
    const cells = this.touched.get(keyOf(requested)) ?? new Set<string>();
    const { code } = leaf;
    // no entry holds a requested value that led to a refusal
    if (code !== undefined && followsFromValues(code)) return cells.size === 0 ? undefined : ['open', code];
    const request = this.asAsked(requested);
    const was = this.decided(request, this.before);
    const would = this.decided(request, this.after);
    if (was.effect === 'deny' || would.effect === 'deny') return effectChange(was, would);
    const change = fieldChange(was.fields, would.fields);
    if (change !== undefined) return ['changed', change];
    const unknown = untoldOf(leaf).filter((cell) => cells.has(cell));
    return unknown.length === 0 ? undefined : ['open', unknown.join(' ')];
  }

  /** A request that received all granted fields is assumed to have named none. */
  private asAsked(request: DecisionRequest): DecisionRequest {
    const { fields } = request;
    if (fields === undefined) return request;
    const unnamed = { ...request, fields: undefined };
    const all = this.decided(unnamed, this.before);
    if (all.effect === 'deny') return request;
    const roots = new Set(Object.keys(all.fields).map(rootOf));
    return roots.size === fields.length && fields.every((name) => roots.has(name)) ? unnamed : request;
  }

  private decided(request: DecisionRequest, plans: Plans): RecordedAnswer {
    const answer = answerOf(decide(request, withoutLookups(plans, request), this.now));
    // no entry holds the subject of a fact: this denial may only mean that it was not given
    return answer.effect === 'deny' && answer.code === 'fact_question_invalid'
      ? { effect: 'allow', fields: {} }
      : answer;
  }

  private count({ id, stream }: Leaf, kind: SimulatedKind, change: string): void {
    const key = `${kind}\n${change}`;
    const counted = this.changes.get(key) ?? { kind, change, count: 0, exchanges: [] };
    this.changes.set(key, counted);
    counted.count += 1;
    if (counted.exchanges.length < this.examples) counted.exchanges.push(stream?.id ?? id);
  }
}

const followsFromValues = (code: string): boolean =>
  isDenialCode(code) && !decidable.includes(code) && !withoutAgreement.includes(code);

/** Change between two answers of which at least one is a refusal. */
function effectChange(
  was: RecordedAnswer,
  would: RecordedAnswer,
): readonly [SimulatedKind, string] | undefined {
  const [from, to] = [was, would].map((one) => (one.effect === 'deny' ? `deny ${one.code}` : 'allow'));
  if (from === to) return undefined;
  const kind = was.effect === 'allow' ? 'refused' : would.effect === 'allow' ? 'granted' : 'reason';
  return [kind, `${from ?? ''} → ${to ?? ''}`];
}

const keyOf = ({
  agreement = '',
  consumer,
  purpose = '',
  dataset,
}: Pick<DecisionRequest, 'consumer' | 'dataset'> & {
  readonly agreement: string | undefined;
  readonly purpose: string | undefined;
}): string => `${agreement}\n${consumer}\n${purpose}\n${dataset}`;

function untoldOf({ fact, aggregate, asked: requested }: Leaf): readonly string[] {
  return [
    ...untold.always,
    ...(fact === undefined && aggregate === undefined ? untold.rows : []),
    ...(requested === undefined ? [] : untold.batch),
    ...(fact === undefined ? [] : untold.fact),
    ...(aggregate === undefined ? [] : untold.aggregate),
  ];
}

/** The first field that differs, in the schema's order. */
function fieldChange(
  was: Readonly<Record<string, string>>,
  would: Readonly<Record<string, string>>,
): string | undefined {
  const names = [...new Set([...Object.keys(would), ...Object.keys(was)])];
  const reported = (fields: Readonly<Record<string, string>>, name: string): string =>
    Object.hasOwn(fields, name) ? (fields[name] ?? '') : 'withheld';
  const name = names.find((one) => reported(was, one) !== reported(would, one));
  return name === undefined ? undefined : `field ${name}: ${reported(was, name)} → ${reported(would, name)}`;
}
