/** A bounded cache of known leaf forms. The most recently met form is tried first, and the least recently met form is removed. */

export interface FormLimits {
  /** maximum of stored forms; beyond it the least recently met are removed */
  readonly maxForms: number;
  /** maximum of forms with one key: each is compared with a leaf before the leaf is parsed in full */
  readonly alike: number;
  /** leaves per learned form, once the cache is full: learning a form costs as much as parsing several leaves in full */
  readonly toLearn: number;
}

/** Forms with one key, most recently met first. */
interface Alike<Form> {
  readonly forms: Form[];
  /** number of leaves read when one of them was last met */
  met: number;
}

/** @typeParam Key a property shared by all leaves of a form and cheap to determine */
export class KnownForms<Key, Form> {
  private readonly known = new Map<Key, Alike<Form>>();
  private count = 0;
  private leaves = 0;
  /** leaves for which a form may be learned: if no two leaves are alike, few forms are learned without use */
  private credit: number;
  private latest: Form | undefined;
  private readonly limits: FormLimits;

  constructor(limits: FormLimits) {
    this.limits = limits;
    this.credit = limits.maxForms * limits.toLearn;
  }

  /** Reads a leaf by the most recently met form, without its key. */
  asBefore<Read>(read: (form: Form) => Read | undefined): Read | undefined {
    this.leaves += 1;
    if (this.credit < this.limits.maxForms * this.limits.toLearn) this.credit += 1;
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

  /** Learns a form, if the credit permits it. @param form undefined if there is none: the attempt cost the same */
  learn(key: Key, form: () => Form | undefined): Form | undefined {
    const { maxForms: stored, alike: together, toLearn } = this.limits;
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
