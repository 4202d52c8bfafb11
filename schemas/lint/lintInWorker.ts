import { parentPort, workerData } from 'node:worker_threads';
import { newAjv } from '../ajv.ts';
import { registerCodeList } from '../codelists/registry.ts';
import { compileFailure } from '../compileFailure.ts';
import type { Finding } from '../finding.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { LintTask } from './guardedLint.ts';
import { lintSchema } from './lintSchema.ts';

const { document, references, codeLists } = workerData as LintTask;
parentPort?.postMessage('started');
for (const list of codeLists) registerCodeList(list);
parentPort?.postMessage(check());

function check(): Finding[] {
  const byId = new Map(references.map((other) => [String(other['$id']), other]));
  const findings = lintSchema(document, (urn) => byId.get(urn));
  if (findings.length > 0 || !isSchemaObject(document)) return findings;
  try {
    for (const allErrors of [false, true]) {
      const ajv = newAjv({ allErrors });
      for (const other of references) ajv.addSchema({ ...other });
      ajv.compile({ ...document });
    }
  } catch (error) {
    return compileFailure(error);
  }
  return [];
}
