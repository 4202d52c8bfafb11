import { parentPort, workerData } from 'node:worker_threads';
import { newAjv } from '../schemas/ajv.ts';
import { codeLists } from '../schemas/codelists/codeLists.ts';
import { compileFailure } from '../schemas/compile.ts';
import type { Finding } from '../schemas/messages.ts';
import { isSchemaObject } from '../schemas/jsonSchema.ts';
import type { LintTask } from './guardedLint.ts';
import { bareSurroundings, type Surroundings } from '../schemas/surroundings.ts';
import { lintSchema } from '../schemas/lint/lintSchema.ts';

const { document, references, codeLists: lists } = workerData as LintTask;
parentPort?.postMessage('started');
parentPort?.postMessage(check());

function check(): Finding[] {
  const byId = new Map(references.map((other) => [String(other['$id']), other]));
  const surroundings: Surroundings = {
    ...bareSurroundings,
    resolve: (urn) => byId.get(urn),
    codeLists: codeLists(lists),
  };
  const findings = lintSchema(document, surroundings);
  if (findings.length > 0 || !isSchemaObject(document)) return findings;
  try {
    for (const allErrors of [false, true]) {
      const ajv = newAjv(surroundings, { allErrors });
      for (const other of references) ajv.addSchema({ ...other });
      ajv.compile({ ...document });
    }
  } catch (error) {
    return compileFailure(error);
  }
  return [];
}
