/**
 * Makes api/examples.json, which /docs shows, from calls that hubs answered while tests ran:
 *
 *   mkdir /tmp/demo /tmp/others
 *   export NODE_OPTIONS="--import $PWD/scripts/examples/recorder.mjs"
 *   DATONG_RECORD=/tmp/demo npm run demo -- --once
 *   DATONG_RECORD=/tmp/others npm test -- hub/operations hub/features tests/flows …
 *   NODE_OPTIONS= node scripts/run.mjs scripts/examples/recordExamples.ts /tmp/demo /tmp/others
 *
 * An earlier folder has precedence over a later one; an operation that no folder has retains its previous example.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

const recorded = process.argv.slice(2).map(chosenFrom);
const all = Object.assign({}, recordedExamples(), ...recorded.toReversed()) as Record<string, Example>;
const sorted = Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
const root = new URL('../../', import.meta.url).pathname;
writeFileSync(join(root, 'api', 'examples.json'), `${JSON.stringify(sorted, undefined, 1)}\n`);
process.stdout.write(`${Object.keys(sorted).length} operations have an example\n`);
