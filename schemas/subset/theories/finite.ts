/** Facts that leave a list of values: each is tried against every other fact. */
import { compareDecimal, decimalOf, isMultipleOf } from '../../../terms/decimal.ts';
import { canonicalText } from '../../readJson.ts';
import { codeListIdOf } from '../../codelists/codeLists.ts';
import { isSchemaObject } from '../../jsonSchema.ts';
import { evaluate, typeOfValue, type Verdict } from '../evaluate.ts';
import type { Facts } from '../facts.ts';
import type { Atom } from '../formula.ts';
import { formatHolds } from '../formatFacts.ts';
import { patternHolds } from '../patternHolds.ts';
import type { Context } from './theory.ts';

/** Whether an atom certainly excludes a value. */
export function rulesOut(value: unknown, facts: Facts, context: Context): boolean {
  if (typeOfValue(value) !== facts.type) return true;
  for (const { atom, sign } of facts.all()) {
    const verdict = verdictOf(atom, value, context);
    if (verdict !== undefined && verdict !== sign) return true;
  }
  return false;
}

/** Whether an atom holds for a value; undefined where that is unknown here. */
export function verdictOf(atom: Atom, value: unknown, context: Context): Verdict {
  if (atom.kind === 'values') {
    const text = canonicalText(value);
    return atom.values.some((allowed) => canonicalText(allowed) === text);
  }
  if (typeof value === 'number') return ofNumber(atom, value);
  if (typeof value === 'string') return ofString(atom, value, context);
  if (Array.isArray(value)) return ofArray(atom, value, context);
  return isSchemaObject(value) ? ofObject(atom, value, context) : undefined;
}

function ofNumber(atom: Atom, value: number): Verdict {
  const exact = decimalOf(value);
  switch (atom.kind) {
    case 'least':
      return compareDecimal(exact, atom.bound) >= (atom.open ? 1 : 0);
    case 'most':
      return compareDecimal(exact, atom.bound) <= (atom.open ? -1 : 0);
    case 'multiple':
      return isMultipleOf(exact, atom.of);
    default:
      return undefined;
  }
}

function ofString(atom: Atom, value: string, context: Context): Verdict {
  switch (atom.kind) {
    case 'longer':
      return [...value].length > atom.than;
    case 'shorter':
      return [...value].length < atom.than;
    case 'pattern':
      return patternHolds(atom.source, value);
    case 'format':
      return formatHolds(atom.name, value);
    case 'code': {
      const id = codeListIdOf(atom.code.list);
      const { codeLists } = context.node;
      if (atom.code.at !== undefined || codeLists.list(id, atom.code.version) === undefined) return undefined;
      return codeLists.has(id, atom.code.version, value, undefined);
    }
    default:
      return undefined;
  }
}

function ofArray(atom: Atom, value: readonly unknown[], context: Context): Verdict {
  const each = (id: number, items: readonly unknown[]): Verdict => {
    const verdicts = items.map((item) => evaluate(context.node, id, item));
    return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
  };
  switch (atom.kind) {
    case 'longer':
      return value.length > atom.than;
    case 'shorter':
      return value.length < atom.than;
    case 'item':
      return each(atom.id, value.slice(atom.index, atom.index + 1));
    case 'rest':
      return each(atom.id, value.slice(atom.start));
    case 'unique':
      return new Set(value.map(canonicalText)).size === value.length;
    default:
      return undefined;
  }
}

function ofObject(atom: Atom, value: Readonly<Record<string, unknown>>, context: Context): Verdict {
  const names = Object.keys(value);
  switch (atom.kind) {
    case 'longer':
      return names.length > atom.than;
    case 'shorter':
      return names.length < atom.than;
    case 'has':
      return Object.hasOwn(value, atom.name);
    case 'property':
      return Object.hasOwn(value, atom.name)
        ? evaluate(context.node, atom.id, value[atom.name], value)
        : true;
    case 'others': {
      const others = names.filter(
        (name) =>
          !atom.names.includes(name) && !atom.sources.some((source) => new RegExp(source, 'u').test(name)),
      );
      const verdicts = others.map((name) => evaluate(context.node, atom.id, value[name], value));
      return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
    }
    default:
      return undefined;
  }
}
