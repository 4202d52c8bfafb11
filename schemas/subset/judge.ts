import { evaluate, type Verdict } from './evaluate.ts';
import { nodeFormula, type Formula } from './formula.ts';
import { verdictOf } from './theories/finite.ts';
import type { Context } from './theories/theory.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

/** Whether a formula holds of one value; undefined where that is not known. */
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

/** A schema that cannot be compared at all: it is malformed, or it leads nowhere. */
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

/** The proof took more steps than it may. Caught by the entry points, which refuse with a sentence. */
export class TooComplex extends Error {}

/** It took longer by the clock than it may: another time, on a machine that is less busy, it may well end. */
export class OutOfTime extends TooComplex {}
