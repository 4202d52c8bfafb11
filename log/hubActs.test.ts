/** Every act that the hub logs and the contract does not declare has a name. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { operationNames } from '../api/operationNames.ts';
import { hubActs } from './hubActs.ts';
import { acceptOlderOperation, destructionOperation } from './destruction.ts';

test('an act of the hub is an operation of openapi.yaml or has a name here', () => {
  const files = readdirSync('hub', { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^(?:flows|features|identity|log|pipeline)\/.*(?<!\.test)\.ts$/.test(path),
  );
  const acts = new Set<string>([acceptOlderOperation, destructionOperation]);
  for (const file of files)
    for (const [line, act = ''] of readFileSync(`hub/${file}`, 'utf8').matchAll(
      /.*(?:\boperation: '|\bhubDraft\('|new FindingRecord\([\w.]+, ')(\w+)'.*/g,
    ))
      // a fault is reported to the operator, not to the log
      if (!line.includes('error')) acts.add(act);
  assert.ok(acts.has('verifyRows') && acts.has('followClock'), 'the acts are found');
  const own = [...acts].filter((act) => !Object.hasOwn(operationNames, act)).sort();
  assert.deepEqual(Object.keys(hubActs).sort(), own);
});
