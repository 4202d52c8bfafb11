/**
 * Answers that a call has got from a provider. A call whose ground is lost is decided again, over these: its provider is never asked the
 * same twice for one call. They go with the call.
 */
import type { CallHead } from '../../identity/authentication/caller.ts';
import { Problem } from '../../../terms/problem.ts';

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
