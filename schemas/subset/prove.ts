/**
 * The proof: every value valid under all of `left` is valid under one of `right`. It assumes a value that is not, and looks for a
 * contradiction, type by type. Recursion over references is met by a greatest fixpoint: a question asked again inside itself is about
 * a smaller value, so it may be assumed; a question that fails stays failed, and all is asked again until nothing changes. (Questions
 * about the same value are asked of the branches of a oneOf only. Branches lie below it in place, and references that return in place
 * are refused when schemas are read, so such questions cannot come back to themselves.)
 */
import { judge, TooComplex } from './judge.ts';
import { Facts } from './facts.ts';
import { nodeFormula, openNode, opposite, type Formula } from './formula.ts';
import { evaluate } from './evaluate.ts';
import { jsonTypes, type JsonType, type NodeId } from './node.ts';
import { noArray } from './theories/arrays.ts';
import { rulesOut } from './theories/finite.ts';
import { noNumber } from './theories/numbers.ts';
import { noObject } from './theories/objects.ts';
import { noString } from './theories/strings.ts';
import type { Context, Theory } from './theories/theory.ts';
import type { Universe } from './universe.ts';

const theories: Readonly<Record<JsonType, Theory>> = {
  null: (facts, context) => rulesOut(null, facts, context),
  boolean: (facts, context) => rulesOut(true, facts, context) && rulesOut(false, facts, context),
  number: noNumber,
  string: noString,
  array: noArray,
  object: noObject,
};

/** A question or a trial costs as much as looking at so many formulas. */
const questionCost = 16;

export class Prover {
  private readonly universe: Universe;
  private readonly context: Context;
  /** questions that failed, for good */
  private readonly failed = new Set<string>();
  /** questions that hold for good: proven when no assumption was open */
  private readonly proven = new Set<string>();
  /** questions asked in this round, taken to hold until they fail */
  private assumed = new Set<string>();
  private readonly open = new Map<string, Formula>();
  private readonly budget: number;
  private left: number;
  private depth = 0;

  /** @param budget questions after which the proof gives up (a second or two of work) */
  constructor(universe: Universe, budget = 500_000) {
    this.universe = universe;
    this.budget = budget * questionCost;
    this.left = this.budget;
    this.context = {
      node: universe.node,
      intern: universe.intern,
      implies: (left, right) => this.holds(left, right),
    };
  }

  /** Itself with its whole budget again, and with all that it has found out; an assumption that was left open is none of it. */
  renewed(): this {
    this.left = this.budget;
    return this;
  }

  /**
   * @returns true: proven; false: not proven, which is not the same as refuted
   * @throws TooComplex when the budget is used up
   */
  implies(left: readonly NodeId[], right: readonly NodeId[]): boolean {
    for (;;) {
      const failures = this.failed.size;
      this.assumed = new Set();
      this.depth = 0; // one that gave up left its own behind
      if (!this.holds(left, right)) return false;
      if (this.failed.size > failures) continue;
      for (const key of this.assumed) this.proven.add(key);
      return true;
    }
  }

  private spend(cost = 1): void {
    this.left -= cost;
    if (this.left <= 0) throw new TooComplex();
  }

  private holds(left: readonly NodeId[], right: readonly NodeId[]): boolean {
    const { node } = this.universe;
    const from = [...new Set(left)].filter((id) => node(id).always !== true).sort((a, b) => a - b);
    const to = [...new Set(right)].filter((id) => node(id).always !== false).sort((a, b) => a - b);
    if (from.some((id) => node(id).always === false || to.includes(id))) return true;
    if (to.some((id) => node(id).always === true)) return true;
    if (from.length === 0 && to.length === 0) return false;
    const key = `${from.join(',')}>${to.join(',')}`;
    if (this.failed.has(key)) return false;
    if (this.proven.has(key) || this.assumed.has(key)) return true;
    this.spend(questionCost);
    if (this.depth > 400) throw new TooComplex();
    this.assumed.add(key);
    this.depth += 1;
    const holds = this.byValues(from, to) ?? this.byTypes(from, to);
    this.depth -= 1;
    if (holds) return true;
    this.failed.add(key);
    this.assumed.delete(key);
    return false;
  }

  /** Where the left side lists its values, each is tried; undefined where it lists none. */
  private byValues(left: readonly NodeId[], right: readonly NodeId[]): boolean | undefined {
    const { node } = this.universe;
    const listed = left
      .map((id) => node(id).values)
      .find((values) => values !== undefined && values.length <= 5000);
    if (listed === undefined) return undefined;
    const shown = listed.every((value) => {
      this.spend();
      if (left.some((id) => evaluate(node, id, value) === false)) return true;
      return right.some((id) => evaluate(node, id, value) === true);
    });
    return shown ? true : undefined;
  }

  private byTypes(left: readonly NodeId[], right: readonly NodeId[]): boolean {
    return jsonTypes.every((type) => {
      if (left.some((id) => this.universe.node(id).types?.has(type) === false)) return true;
      const facts = new Facts(type);
      const open = [...left.map((id) => nodeFormula(id, true)), ...right.map((id) => nodeFormula(id, false))];
      return this.assume(facts, open) || this.contradicts(facts);
    });
  }

  /** Takes formulas in, opening nodes on the way. @returns true when they contradict each other openly */
  private assume(facts: Facts, formulas: readonly Formula[]): boolean {
    const stack = [...formulas].reverse();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      this.spend();
      if (next.kind === 'and') {
        for (const part of next.all) stack.push(part);
      } else if (next.kind === 'both') {
        for (const id of next.ids) stack.push(nodeFormula(id, true));
      } else if (next.kind === 'or') {
        if (this.choose(facts, next.any, stack)) return true;
      } else {
        const known = facts.status(next);
        if (known === true) continue;
        if (!facts.take(next)) return true;
        if (next.kind === 'node' && next.weak !== true)
          stack.push(this.opened(next.id, facts.type, next.sign));
      }
    }
    return false;
  }

  private opened(id: NodeId, type: JsonType, sign: boolean): Formula {
    const key = `${id} ${type} ${sign}`;
    const known = this.open.get(key) ?? openNode(this.universe.node, id, type, sign);
    this.open.set(key, known);
    return known;
  }

  /** Takes alternatives in: nested ones flattened, decided ones dropped. @returns true when none is left */
  private choose(facts: Facts, any: readonly Formula[], stack: Formula[]): boolean {
    const left: Formula[] = [];
    const open = [...any];
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const known = facts.status(next);
      if (known === true) return false;
      if (known === false) continue;
      if (next.kind === 'or') open.push(...next.any);
      else if (next.kind !== 'both' || !this.holds(next.ids, [])) left.push(next);
    }
    const [only] = left;
    if (only === undefined) return true;
    if (left.length === 1) stack.push(only);
    else facts.choices.push(left);
    return false;
  }

  /** Whether the facts admit no value: at once, or in every way in which their choices can be made. */
  private contradicts(facts: Facts): boolean {
    if (this.refutes(facts)) return true;
    for (let outcome = this.narrow(facts); outcome !== 'stable'; outcome = this.narrow(facts)) {
      if (outcome === 'contradiction') return true;
    }
    if (this.noneOfFew(facts)) return true;
    const [choice, ...others] = [...facts.choices].sort((a, b) => a.length - b.length);
    if (choice === undefined) return false;
    return choice.every((formula) =>
      this.trial(facts, () => {
        facts.choices = [...others]; // what this branch adds must not reach the next one
        return this.assume(facts, [formula]) || this.contradicts(facts);
      }),
    );
  }

  /** Asks a question on top of the facts, and takes back what it assumed. */
  private trial(facts: Facts, ask: () => boolean): boolean {
    this.spend(questionCost);
    const mark = facts.mark();
    const answer = ask();
    facts.undo(mark);
    return answer;
  }

  /** Where few values are left, whether each is ruled out by a fact, or by a choice of which no alternative holds. */
  private noneOfFew(facts: Facts): boolean {
    const few = facts.type === 'null' ? [null] : facts.type === 'boolean' ? [true, false] : shortest(facts);
    return (
      few !== undefined &&
      few.every((value) => {
        this.spend();
        return (
          rulesOut(value, facts, this.context) ||
          facts.choices.some((choice) => choice.every((one) => judge(one, value, this.context) === false))
        );
      })
    );
  }

  /** One look at every choice: alternatives that cannot be are dropped, what is left alone is taken in, what follows anyway is done. */
  private narrow(facts: Facts): 'contradiction' | 'changed' | 'stable' {
    const choices = facts.choices;
    facts.choices = [];
    const stored: (readonly Formula[])[] = [];
    let taken = false;
    for (const choice of choices) {
      const possible: Formula[] = [];
      let decided = false;
      for (const formula of choice) {
        const known = facts.status(formula);
        if (known === false) continue;
        decided = known === true || this.follows(facts, formula);
        if (decided) break;
        if (!this.impossible(facts, formula)) possible.push(formula);
      }
      if (decided) continue;
      const [only] = possible;
      if (only === undefined) return 'contradiction';
      if (possible.length > 1) stored.push(possible);
      else {
        taken = true;
        if (this.assume(facts, [only]) || this.refutes(facts)) return 'contradiction';
      }
    }
    facts.choices = [...stored, ...facts.choices];
    return taken ? 'changed' : 'stable';
  }

  private impossible(facts: Facts, formula: Formula): boolean {
    return this.trial(
      facts,
      () => this.assume(facts, [formula]) || this.refutes(facts) || this.someChoiceIsImpossible(facts),
    );
  }

  /** Whether some choice that a trial opened has no possible alternative: one level, no branching. */
  private someChoiceIsImpossible(facts: Facts): boolean {
    return [...facts.choices].some((choice) =>
      choice.every((formula) =>
        this.trial(facts, () => this.assume(facts, [formula]) || this.refutes(facts)),
      ),
    );
  }

  /** Whether a literal must hold: its opposite cannot be. */
  private follows(facts: Facts, formula: Formula): boolean {
    if (formula.kind !== 'atom') return false;
    return this.trial(facts, () => this.assume(facts, [opposite(formula)]) || this.refutes(facts));
  }

  private refutes(facts: Facts): boolean {
    for (const { values } of facts.atoms('values', true)) {
      if (values.length <= 5000 && values.every((value) => rulesOut(value, facts, this.context))) return true;
    }
    return theories[facts.type](facts, this.context);
  }
}

/** The shortest list of values that the facts name. */
function shortest(facts: Facts): readonly unknown[] | undefined {
  const lists = facts.atoms('values', true).map(({ values }) => values);
  return lists.sort((a, b) => a.length - b.length).find((list) => list.length <= 500);
}
