import { Problem } from '../../terms/problem.ts';
import { exitCode, VerbFailure } from './verb.ts';

/** Exit 2 for configuration, 3 for the database and its like, 4 for keys and files. */
export async function withHubExit<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const exit =
      error.code === 'configuration_invalid' || error.code === 'port_taken'
        ? exitCode.usage
        : /^(?:keys|authority)_/.test(error.code)
          ? exitCode.local
          : exitCode.network;
    throw new VerbFailure(
      exit,
      { zh: `${error.text.zh}（${error.code}）`, en: `${error.text.en} (${error.code})` },
      error.next,
    );
  }
}
