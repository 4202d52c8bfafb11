/** Forms of leaves that were met, as many as are worth to be kept. What was met last is tried first, and what was not met for longest is forgotten. */

export interface MostForms {
  /** that are kept; of more those are forgotten that were not met for the longest time */
  readonly kept: number;
  /** with one key: each is held against a leaf before it is read the long way */
  readonly alike: number;
  /** leaves to one form that is learned, once as many were learned as are kept: learning costs what reading some leaves the long way does */
  readonly toLearn: number;
}

/** Forms with one key, what was met last first. */
interface Alike<Form> {
  readonly forms: Form[];
  /** leaves there were when one of them was met */
  met: number;
}

/** @typeParam Key what all leaves of a form have in common and can be told at once */
export class KnownForms<Key, Form> {
  private readonly known = new Map<Key, Alike<Form>>();
  private count = 0;
  private leaves = 0;
  /** leaves for which something may be learned: where no two are alike, hardly anything is learned for nothing */
  private credit: number;
  private latest: Form | undefined;
  private readonly most: MostForms;

  constructor(most: MostForms) {
    this.most = most;
    this.credit = most.kept * most.toLearn;
  }

  /** A leaf by the form that was met last, before its key need be told. */
  asBefore<Read>(read: (form: Form) => Read | undefined): Read | undefined {
    this.leaves += 1;
    if (this.credit < this.most.kept * this.most.toLearn) this.credit += 1;
    return this.latest === undefined ? undefined : read(this.latest);
  }

  /** The same by any form with this key. */
  find<Read>(key: Key, read: (form: Form) => Read | undefined): Read | undefined {
    const alike = this.known.get(key);
    if (alike === undefined) return undefined;
    const { forms } = alike;
    for (const [nth, form] of forms.entries()) {
      const leaf = read(form);
      if (leaf === undefined) continue;
      alike.met = this.leaves;
      if (nth > 0) forms.unshift(...forms.splice(nth, 1));
      this.latest = form;
      return leaf;
    }
    return undefined;
  }

  /** Learns a form, if one may be learned. @param form undefined for what has none: looking for it cost the same */
  learn(key: Key, form: () => Form | undefined): Form | undefined {
    const { kept: stored, alike: together, toLearn } = this.most;
    if (this.credit < toLearn) return undefined;
    this.credit -= toLearn;
    const learned = form();
    if (learned === undefined) return undefined;
    const alike = this.known.get(key) ?? { forms: [], met: this.leaves };
    this.known.set(key, alike);
    this.count += 1 - alike.forms.splice(together - 1).length;
    alike.forms.unshift(learned);
    alike.met = this.leaves;
    while (this.count > stored) {
      const [oldest, gone] = [...this.known].reduce((one, other) =>
        other[1].met < one[1].met ? other : one,
      );
      this.known.delete(oldest);
      this.count -= gone.forms.length;
    }
    return (this.latest = learned);
  }
}
