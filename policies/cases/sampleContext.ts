/** The registries that the built-in cases, tests and benchmarks are compiled against: one small city, from registry.yaml. */
import { readFileSync } from 'node:fs';
import type { PolicyContext } from '../context.ts';
import { readPolicySet, type PolicyFile } from '../policySet.ts';

/** A file of this folder, for a set of documents. */
export const caseFile = (name: string): PolicyFile => ({
  name,
  text: readFileSync(new URL(name, import.meta.url), 'utf8'),
});

export const registryFile: PolicyFile = caseFile('registry.yaml');

export const sampleContext: PolicyContext = readPolicySet([registryFile]).context;
