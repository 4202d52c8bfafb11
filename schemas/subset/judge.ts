import { evaluate, type Verdict } from './evaluate.ts';
import { nodeFormula, type Formula } from './formula.ts';
import { verdictOf } from './theories/finite.ts';
import type { Context } from './theories/theory.ts';

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
