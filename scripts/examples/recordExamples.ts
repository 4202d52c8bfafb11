/**
 * Makes api/examples.json, which /docs shows, from calls that hubs answered while tests ran:
 *
 *   mkdir /tmp/demo /tmp/others
 *   export NODE_OPTIONS="--import $PWD/scripts/examples/recorder.mjs"
 *   DATONG_RECORD=/tmp/demo npm run demo -- --once
 *   DATONG_RECORD=/tmp/others npm test -- hub/operations hub/features tests/flows …
 *   NODE_OPTIONS= node scripts/run.mjs scripts/examples/recordExamples.ts /tmp/demo /tmp/others
 *
 * An earlier folder has precedence over a later one; an operation that no folder has retains its previous example. With `--only ID`, once
 * or several times, only these operations get a new one.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordedExamples, type Example } from '../../hub/platform/http/contract/curlExample.ts';
import { recordedCalls } from './recordedCalls.ts';

/** Maximum characters of an answer that a reader takes in at a glance. */
const maxLength = 2_500;

const size = ({ answer, body }: Example): number => JSON.stringify([answer, body]).length;

/** The fullest that is short, else the shortest. */
function better(one: Example, other: Example | undefined): boolean {
  if (other === undefined) return true;
  const [mine, its] = [size(one), size(other)];
  return mine <= maxLength ? its > maxLength || mine > its : mine < its;
}

function chosenFrom(folder: string): Record<string, Example> {
  const chosen: Record<string, Example> = {};
  for (const { operationId, example } of recordedCalls(folder))
    if (better(example, chosen[operationId])) chosen[operationId] = example;
  return chosen;
}

const { positionals: folders, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
});
const recorded = Object.assign({}, ...folders.map(chosenFrom).toReversed()) as Record<string, Example>;
for (const id of values.only ?? [])
  if (!Object.hasOwn(recorded, id)) throw new Error(`no call of ${id} that succeeded was recorded`);
const taken = Object.entries(recorded).filter(([id]) => values.only?.includes(id) ?? true);
const all: Record<string, Example> = { ...recordedExamples(), ...Object.fromEntries(taken) };
const sorted = Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
const root = new URL('../../', import.meta.url).pathname;
writeFileSync(join(root, 'api', 'examples.json'), `${JSON.stringify(sorted, undefined, 1)}\n`);
process.stdout.write(`${Object.keys(sorted).length} operations have an example\n`);
