import { evaluate, type Verdict } from './evaluate.ts';
import { nodeFormula, type Formula } from './formula.ts';
import { verdictOf } from './theories/finite.ts';
import type { Context } from './theories/theory.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

/** Whether a formula holds for one value; undefined where that is unknown. */
export function judge(formula: Formula, value: unknown, context: Context): Verdict {
  switch (formula.kind) {
    case 'node': {
      const verdict = evaluate(context.node, formula.id, value);
      return verdict === undefined ? undefined : verdict === formula.sign;
    }
    case 'atom': {
      const verdict = verdictOf(formula.atom, value, context);
      return verdict === undefined ? undefined : verdict === formula.sign;
    }
    case 'both':
      return judge({ kind: 'and', all: formula.ids.map((id) => nodeFormula(id, true)) }, value, context);
    case 'and': {
      const verdicts = formula.all.map((one) => judge(one, value, context));
      return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
    }
    case 'or': {
      const verdicts = formula.any.map((one) => judge(one, value, context));
      return verdicts.includes(true) ? true : verdicts.includes(undefined) ? undefined : false;
    }
  }
}

/** A schema that cannot be compared at all: it is malformed, or a reference cannot be resolved. */
export class SchemaFault extends Error {
  readonly code: 'schema_malformed' | 'ref_unresolved' | 'ref_cycle' | 'too_deep' | 'draft_unknown';
  readonly pointer: string;
  readonly text: Bilingual;

  constructor(code: SchemaFault['code'], pointer: string, text: Bilingual) {
    super(text.en);
    this.name = 'SchemaFault';
    this.code = code;
    this.pointer = pointer;
    this.text = text;
  }
}

/** The proof exceeded its step limit. The entry points catch it and return an error message. */
export class TooComplex extends Error {}

/** The proof exceeded its time limit: it may finish on a less busy machine. */
export class OutOfTime extends TooComplex {}
