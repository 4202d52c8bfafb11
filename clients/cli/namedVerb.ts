import { DatongProblem } from '../sdk/datongProblem.ts';
import { exitOfProblem } from './exitCode.ts';
import { nextStep } from './nextStep.ts';
import { VerbFailure } from './verb.ts';

/** Reports a refusal of the hub with its code and the next step. @throws VerbFailure in place of a DatongProblem */
export async function namedVerb<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatongProblem)) throw error;
    const { text, code } = error;
    throw new VerbFailure(
      exitOfProblem(error),
      { zh: `${text.zh}（${code}）`, en: `${text.en} (${code})` },
      nextStep(error),
    );
  }
}
