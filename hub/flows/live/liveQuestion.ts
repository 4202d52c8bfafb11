import type { Permission, RowCondition } from '../../../policies/decision.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { Query } from '../release/rowSource.ts';
import { callersTerms, columnsNamed, fieldsToRead } from '../release/requestedRows.ts';
import type { FailedLiveRow } from '../rows/store/liveQuarantine.ts';
import type { LiveAnswer } from './liveAnswer.ts';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { Problem } from '../../../terms/problem.ts';

/** What of a dataset's rows is asked of its provider. */
export interface LiveQuestion {
  /** names, in the schema's order; no other value of a row is looked at */
  readonly fields: readonly string[];
  /** the agreement's row filter and the caller's own terms, ANDed */
  readonly filter: readonly RowCondition[];
  /** whether `fields` are all that the schema has, so that a row can be judged as a whole */
  readonly whole: boolean;
}

/**
 * No more than the answer is made from and the rows are checked by. Only where the schema says something of several fields at once is the
 * whole row asked for.
 * @throws Problem filter_value_invalid, unknown_field
 */
export function liveQuestion(dataset: LiveDataset, query: Query, permission: Permission): LiveQuestion {
  const { schema, compiled } = dataset;
  const layout = layoutOf(schema);
  const filter = [...permission.rowFilter, ...callersTerms(layout, query)];
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

/** One part of a live dataset's rows, whichever way its provider was asked: by a connector that it opened, or at a service of its own. */
export interface LivePart {
  readonly answer: LiveAnswer;
  /** the place to go on from, in the way's own words; undefined where nothing is behind */
  readonly behind: string | undefined;
  /** conditions that the provider was asked to keep to, and those that only the hub keeps to */
  readonly pushed: readonly RowCondition[];
  readonly kept: readonly RowCondition[];
  /** rows that became none of the schema, with what they said */
  readonly failed: readonly FailedLiveRow[];
  /** of each request, what proves what was given */
  readonly statements: readonly string[];
  /** whether the provider signed them */
  readonly signed: boolean;
  /** Tells the provider what of it could not be used. @param reported names, places and counts, never values */
  readonly report: (reported: object) => Promise<void> | void;
}

/**
 * Answers that a call has got from a provider. A call whose ground is lost is decided again, over these: its provider is never asked the
 * same twice for one call. They go with the call.
 */
interface Held<T> {
  readonly question: string;
  readonly answer: Promise<T>;
}

export class HeldAnswers<T> {
  private readonly byCall = new WeakMap<CallHead, Held<T>[]>();

  /** The answers of one deciding of a call, in the order in which it asks. */
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
      // what is allowed by now needs other rows than those that came
      if (known.question !== question) throw new Problem('decided_anew');
      return known.answer;
    };
  }
}
