/** One file of people translated from end to end in a thread of a pool, as an intake has it. */
import { createSecretKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { demoRegions } from '../../adapters/fixtures/demoRegions.ts';
import { householdMapping } from '../../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../../adapters/mapping/compile.ts';
import type { CopyTask } from '../../hub/flows/intake/translation/copyTask.ts';
import { copyPartsInThreads } from '../../hub/flows/intake/translation/threads/copyPartsInThreads.ts';
import type { ThreadPool } from '../../hub/flows/intake/translation/threads/threadPool.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';

const schema = sharedSchema('household@1');
const task: CopyTask = {
  schema,
  mapping: compileMapping(householdMapping, schema, surroundingsWith([demoRegions]).codeLists),
  subjectKey: createSecretKey(Buffer.alloc(32, 1)),
  codeLists: { digest: 'demo', lists: [demoRegions] },
};

/** @param path of `writePeople` @throws Error where a row got lost */
export async function translate(path: string, rows: number, pool: ThreadPool): Promise<void> {
  let found = 0;
  for await (const part of copyPartsInThreads(task, createReadStream(path), 1, pool))
    found += part.lines.length;
  if (found !== rows) throw new Error(`${found} rows instead of ${rows}`);
}
