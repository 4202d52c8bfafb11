import type { Permission, RowCondition } from '../../../policies/decision.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { momentOrDay } from '../../../terms/moment.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { Query } from '../release/rowSource.ts';
import { callersTerms, columnsNamed, fieldsToRead } from '../release/requestedRows.ts';
import type { FailedLiveRow } from '../rows/store/liveQuarantine.ts';
import type { LiveAnswer } from './liveAnswer.ts';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { Problem } from '../../../terms/problem.ts';

/** The question to the provider of a dataset. */
export interface LiveQuestion {
  /** names, in the schema's order; other values of a row are ignored */
  readonly fields: readonly string[];
  /** the agreement's row filter and the caller's terms, combined with AND */
  readonly filter: readonly RowCondition[];
  /** whether `fields` are all fields of the schema, so that a row can be validated as a whole */
  readonly whole: boolean;
}

/**
 * Requests only the fields that the answer and the checks of its rows need. The whole row is requested only where the schema has
 * constraints across fields.
 * @throws Problem filter_value_invalid, unknown_field
 */
export function liveQuestion(dataset: LiveDataset, query: Query, permission: Permission): LiveQuestion {
  const { schema, compiled } = dataset;
  const layout = layoutOf(schema);
  const filter = [...permission.rowFilter, ...callersTerms(dataset, query)].map((one) =>
    layout.byField.get(one.field)?.moments === undefined ? one : withMoments(one),
  );
  const checks = compiled.fields();
  const whole = checks === undefined || checks.together !== undefined;
  const needed = new Set([
    ...columnsNamed(layout, fieldsToRead(permission)).map(({ field }) => field),
    ...filter.map(({ field }) => field),
    ...(schema.subject === undefined ? [] : [schema.subject.field]),
  ]);
  const fields = schema.fields.map(({ name }) => name).filter((name) => whole || needed.has(name));
  return { fields, filter, whole };
}

/** One part of a live dataset's rows, from a connector or from the provider's own service. */
export interface LivePart {
  readonly answer: LiveAnswer;
  /** the place to continue from, opaque to the caller; undefined where nothing follows */
  readonly behind: string | undefined;
  /** conditions that the provider applies, and those that only the hub applies */
  readonly pushed: readonly RowCondition[];
  readonly hubOnly: readonly RowCondition[];
  /** rows that do not fit the schema, with their content */
  readonly failed: readonly FailedLiveRow[];
  /** for each request, the proof of the answer */
  readonly statements: readonly string[];
  /** whether the provider signed them */
  readonly signed: boolean;
  /** Reports to the provider which parts were unusable. @param reported names, places and counts, never values */
  readonly report: (reported: object) => Promise<void> | void;
}

/**
 * A provider's answers, held for the duration of a call. A call that must be decided again reuses them, so its provider never receives the
 * same question twice for one call.
 */
interface Held<T> {
  readonly question: string;
  readonly answer: Promise<T>;
}

export class HeldAnswers<T> {
  private readonly byCall = new WeakMap<CallHead, Held<T>[]>();

  /** The answers for one decision of a call, in the order of its questions. */
  of(head: CallHead): (question: string, ask: () => Promise<T>) => Promise<T> {
    const held = this.byCall.get(head) ?? [];
    this.byCall.set(head, held);
    let at = 0;
    return (question, ask) => {
      const known = held[at];
      at += 1;
      if (known === undefined) {
        const answer = ask();
        held.push({ question, answer });
        return answer;
      }
      // the new decision allows other rows than those received
      if (known.question !== question) throw new Problem('decided_anew');
      return known.answer;
    };
  }
}

/** A condition whose days are written as moments: a provider reads nothing else in a field of moments. */
function withMoments(condition: RowCondition): RowCondition {
  const { op, value } = condition;
  const written = (one: unknown): unknown => (typeof one === 'string' ? momentOrDay(one) : one);
  if (op === 'eq') return { ...condition, value: written(value) };
  if (op === 'in') return { ...condition, value: Array.isArray(value) ? value.map(written) : value };
  if (op !== 'range') return condition;
  const bounds = Object.entries(Object(value) as Readonly<Record<string, unknown>>);
  return { ...condition, value: Object.fromEntries(bounds.map(([bound, at]) => [bound, written(at)])) };
}
