import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { say } from '../verb.ts';

/** A line that is not shown while it is typed; '' where nobody sits at a terminal. */
export async function askSecret(question: Bilingual): Promise<string> {
  if (!process.stdin.isTTY) return '';
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(say(question));
  try {
    return await asking.question('');
  } finally {
    asking.close();
    process.stderr.write('\n');
  }
}
