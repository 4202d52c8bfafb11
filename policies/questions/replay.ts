/** Decides recorded requests again under other documents: which answers would change, with a few examples of each kind. */
import { decide } from '../decide.ts';
import type { Decision, DecisionRequest } from '../decision.ts';
import { maskText } from '../masks/maskText.ts';
import type { Plans } from '../plans.ts';

export interface RecordedDecision {
  /** id of the exchange, or a line number */
  readonly id: string;
  /** Unix milliseconds at which it was decided */
  readonly at: number;
  readonly request: DecisionRequest;
  /** the recorded answer: `allow` with the mask of each field, or the code of the denial */
  readonly answer: RecordedAnswer;
}

export type RecordedAnswer =
  | { readonly effect: 'allow'; readonly fields: Readonly<Record<string, string>> }
  | { readonly effect: 'deny'; readonly code: string };

export interface ReplayDifference {
  readonly id: string;
  /** `allow → deny field_not_granted`, `fields name: clear → personName` */
  readonly change: string;
}

export interface ReplayReport {
  readonly total: number;
  readonly same: number;
  readonly different: number;
  /** kind of change → how often */
  readonly changes: Readonly<Record<string, number>>;
  /** the first few of each kind */
  readonly examples: readonly ReplayDifference[];
}

/** The answer of a decision, as it is recorded. */
export function answerOf(decision: Decision): RecordedAnswer {
  if (decision.effect === 'deny') return { effect: 'deny', code: decision.code };
  const fields: Record<string, string> = {};
  for (const { field, mask } of decision.fields) fields[field] = maskText(mask);
  return { effect: 'allow', fields };
}

/** @param examples number of examples stored for each kind of change */
export function replay(recorded: Iterable<RecordedDecision>, plans: Plans, examples = 3): ReplayReport {
  const changes = new Map<string, number>();
  const stored: ReplayDifference[] = [];
  let total = 0;
  let same = 0;
  for (const { id, at, request, answer } of recorded) {
    total += 1;
    const change = changeOf(answer, decide(request, plans, at));
    if (change === undefined) {
      same += 1;
      continue;
    }
    const count = (changes.get(change) ?? 0) + 1;
    changes.set(change, count);
    if (count <= examples) stored.push({ id, change });
  }
  return { total, same, different: total - same, changes: Object.fromEntries(changes), examples: stored };
}

function changeOf(before: RecordedAnswer, decision: Decision): string | undefined {
  if (decision.effect === 'deny') {
    if (before.effect === 'deny') {
      return before.code === decision.code ? undefined : `deny ${before.code} → ${decision.code}`;
    }
    return `allow → deny ${decision.code}`;
  }
  if (before.effect === 'deny') return `deny ${before.code} → allow`;
  return fieldChange(before.fields, decision);
}

/** Caches texts of masks: a set has few masks and a replay many decisions. */
const texts = new WeakMap<object, string>();

/** The first field that differs; counting follows the schema's order, so that one change has one name. */
function fieldChange(
  before: Readonly<Record<string, string>>,
  decision: Extract<Decision, { effect: 'allow' }>,
): string | undefined {
  for (const { field, mask } of decision.fields) {
    let now = texts.get(mask);
    if (now === undefined) texts.set(mask, (now = maskText(mask)));
    const then = Object.hasOwn(before, field) ? before[field] : undefined;
    if (then !== now) return `field ${field}: ${then ?? 'withheld'} → ${now}`;
  }
  const names = Object.keys(before);
  if (names.length === decision.fields.length) return undefined;
  const gone = names.find((name) => !decision.fields.some((grant) => grant.field === name)) ?? '';
  return `field ${gone}: ${before[gone] ?? ''} → withheld`;
}
