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
  private readonly committed = new WeakMap<CallHead, { readonly value: string; readonly salt: Uint8Array }>();

  /** The salt of what the call's entry commits to: one for all its decidings, which must come to the same. @throws Problem decided_anew */
  committedTo(
    head: CallHead,
    value: string,
    make: () => Uint8Array,
  ): { readonly salt: Uint8Array; readonly fresh: boolean } {
    const known = this.committed.get(head);
    if (known !== undefined && known.value !== value) throw new Problem('decided_anew');
    const salt = known?.salt ?? make();
    this.committed.set(head, { value, salt });
    return { salt, fresh: known === undefined };
  }

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
