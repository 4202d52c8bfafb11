import { Problem } from '../../terms/problem.ts';
import { exitOfProblem } from './exitCode.ts';
import { VerbFailure } from './verb.ts';

/** A problem of starting the hub, with its code in the sentence. @throws VerbFailure in place of a Problem */
export async function withHubExit<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new VerbFailure(
      exitOfProblem(error),
      { zh: `${error.text.zh}（${error.code}）`, en: `${error.text.en} (${error.code})` },
      error.next,
    );
  }
}
