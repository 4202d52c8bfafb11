import type { Bilingual } from '../../../terms/bilingual.ts';
import { askHidden } from '../output.ts';
import { say } from '../verb.ts';

/** A line that is not shown while it is typed; '' where stdin is no terminal. */
export async function askSecret(question: Bilingual): Promise<string> {
  return process.stdin.isTTY ? await askHidden(say(question)) : '';
}
