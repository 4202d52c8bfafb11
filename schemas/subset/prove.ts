/**
 * Proves that every value valid under all of `left` is valid under one of `right`. It assumes a value that is not, and searches for a
 * contradiction, type by type. Recursion over references is handled by a greatest fixpoint. A question repeated inside itself concerns a
 * smaller value, so it may be assumed. A question that fails stays failed, and all questions are repeated until nothing changes. (Questions
 * about the same value arise only for the branches of a oneOf. Branches are below it in place, and references that return in place are
 * rejected when schemas are read, so such questions cannot recur.)
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

/** Cost of a question or a trial, in units of one formula. */
const questionCost = 16;

export class Prover {
  private readonly universe: Universe;
  private readonly context: Context;
  /** questions that failed permanently */
  private readonly failed = new Set<string>();
  /** questions that hold permanently: proven when no assumption was open */
  private readonly proven = new Set<string>();
  /** questions of this round, assumed to hold until they fail */
  private assumed = new Set<string>();
  private readonly open = new Map<string, Formula>();
  private readonly budget: number;
  private left: number;
  private depth = 0;

  /** @param budget questions after which the proof is abandoned (a second or two of work) */
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

  /** Resets the budget and retains all results, except assumptions that were left open. */
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
      this.depth = 0; // an abandoned proof may have left assumptions
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

  /** Tries each value where the left side lists its values; undefined where it lists none. */
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

  /** Adds formulas, opening nodes on the way. @returns true when they contradict each other directly */
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

  /** Adds alternatives: nested ones flattened, decided ones dropped. @returns true when none remains */
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

  /** Whether the facts admit no value: directly, or for every combination of their choices. */
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
        facts.choices = [...others]; // additions of this branch must not reach the next one
        return this.assume(facts, [formula]) || this.contradicts(facts);
      }),
    );
  }

  /** Evaluates a question on top of the facts, and removes its assumptions. */
  private trial(facts: Facts, ask: () => boolean): boolean {
    this.spend(questionCost);
    const mark = facts.mark();
    const answer = ask();
    facts.undo(mark);
    return answer;
  }

  /** Where few values remain, whether each is excluded by a fact, or by a choice of which no alternative holds. */
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

  /**
   * One pass over every choice: impossible alternatives are dropped, a single remaining one is added, and an already implied choice is
   * removed.
   */
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

  /** Whether some choice opened by a trial has no possible alternative: one level, no branching. */
  private someChoiceIsImpossible(facts: Facts): boolean {
    return [...facts.choices].some((choice) =>
      choice.every((formula) =>
        this.trial(facts, () => this.assume(facts, [formula]) || this.refutes(facts)),
      ),
    );
  }

  /** Whether a literal must hold: its opposite is impossible. */
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
