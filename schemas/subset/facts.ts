import { hasKey, type Atom, type Formula } from './formula.ts';
import type { JsonType, NodeId } from './node.ts';

type Literal = Formula & { readonly kind: 'atom' | 'node' };

/** A point that can be restored. */
export interface Mark {
  readonly length: number;
  readonly choices: (readonly Formula[])[];
  readonly touched: Set<string> | undefined;
  readonly denies: boolean;
}

const none: readonly never[] = [];

/** Assumptions about one value of one type, while a proof searches for a contradiction among them. They are removed in reverse order. */
export class Facts {
  readonly type: JsonType;
  private readonly signs = new Map<string, boolean>();
  private readonly lists = new Map<string, Atom[]>();
  private readonly nodes = new Map<NodeId, boolean>();
  private readonly weak = new Set<NodeId>();
  /** schemas that the value of a member is assumed to meet, and not to meet */
  private readonly met = new Map<string, NodeId[]>();
  private readonly broken = new Map<string, NodeId[]>();
  private readonly trail: Literal[] = [];
  /** open alternatives: one formula of each list holds */
  choices: (readonly Formula[])[] = [];
  /** names of members concerned by assumptions since the last mark; undefined: all members */
  touched: Set<string> | undefined;
  /** an assumption since the last mark requires a part that violates a rule */
  denies = true;

  constructor(type: JsonType) {
    this.type = type;
  }

  /** Starts a trial on top of facts that were checked and do not contradict each other. */
  mark(): Mark {
    const mark = {
      length: this.trail.length,
      choices: this.choices,
      touched: this.touched,
      denies: this.denies,
    };
    this.choices = [];
    this.touched = new Set();
    this.denies = false;
    return mark;
  }

  /** Ends a trial: removes everything since the mark. */
  undo(mark: Mark): void {
    while (this.trail.length > mark.length) {
      const literal = this.trail.pop();
      if (literal !== undefined) this.forget(literal);
    }
    this.choices = mark.choices;
    this.touched = mark.touched;
    this.denies = mark.denies;
  }

  /** The known status of a formula: true, false, or undefined. */
  status(formula: Formula): boolean | undefined {
    switch (formula.kind) {
      case 'atom': {
        const sign = this.signs.get(formula.key);
        return sign === undefined ? undefined : sign === formula.sign;
      }
      case 'node': {
        if (formula.weak !== true && formula.sign && this.weak.has(formula.id)) return false;
        const sign = this.nodes.get(formula.id);
        return sign === undefined ? undefined : sign === formula.sign;
      }
      case 'both':
        return formula.ids.some((id) => this.nodes.get(id) === false || this.weak.has(id))
          ? false
          : undefined;
      case 'and':
        return formula.all.length === 0 ? true : undefined;
      case 'or':
        return formula.any.length === 0 ? false : undefined;
    }
  }

  /** Adds a literal that is not known yet. @returns false when it contradicts the known facts */
  take(literal: Literal): boolean {
    const known = this.status(literal);
    if (known !== undefined) return known;
    if (literal.kind === 'node') {
      if (literal.weak !== true) this.nodes.set(literal.id, literal.sign);
      else if (this.weak.has(literal.id)) return true;
      else this.weak.add(literal.id);
    } else this.takeAtom(literal);
    this.trail.push(literal);
    return true;
  }

  private takeAtom({ key, atom, sign }: Literal & { kind: 'atom' }): void {
    this.signs.set(key, sign);
    push(this.lists, `${atom.kind}${sign}`, atom);
    if (atom.kind === 'property') push(sign ? this.met : this.broken, atom.name, atom.id);
    if (atom.kind === 'has' || atom.kind === 'property') this.touched?.add(atom.name);
    else if (atom.kind === 'others' || atom.kind === 'matching' || atom.kind === 'names') {
      if (sign) this.touched = undefined;
      else this.denies = true;
    }
  }

  private forget(literal: Literal): void {
    if (literal.kind === 'node') {
      if (literal.weak === true) this.weak.delete(literal.id);
      else this.nodes.delete(literal.id);
      return;
    }
    const { key, atom, sign } = literal;
    this.signs.delete(key);
    this.lists.get(`${atom.kind}${sign}`)?.pop();
    if (atom.kind === 'property') (sign ? this.met : this.broken).get(atom.name)?.pop();
  }

  /** Atoms of one kind, by sign. */
  atoms<K extends Atom['kind']>(kind: K, sign: boolean): readonly (Atom & { readonly kind: K })[] {
    return (this.lists.get(`${kind}${sign}`) ?? none) as readonly (Atom & { readonly kind: K })[];
  }

  /** Schemas that the value of a member meets by `properties`. */
  meets(name: string): readonly NodeId[] {
    return this.met.get(name) ?? none;
  }

  /** Schemas that the value of a member is assumed to violate: the member is present. */
  breaks(name: string): readonly NodeId[] {
    return this.broken.get(name) ?? none;
  }

  /** Whether a member is known to be present (true), absent (false), or neither. */
  presence(name: string): boolean | undefined {
    const known = this.signs.get(hasKey(name));
    if (known === false) return false;
    return known === true || this.breaks(name).length > 0 ? true : undefined;
  }

  /** Names spelled out by facts: of present members, and of members whose values are described. */
  named(): Set<string> {
    return new Set([
      ...this.atoms('has', true).map(({ name }) => name),
      ...this.met.keys(),
      ...this.broken.keys(),
    ]);
  }

  /** Every atom with its sign. */
  *all(): Generator<{ readonly atom: Atom; readonly sign: boolean }> {
    for (const [key, list] of this.lists) for (const atom of list) yield { atom, sign: key.endsWith('true') };
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
