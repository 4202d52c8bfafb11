/** The JSON Schema of what `datong catalogue apply` takes: api/documents.json, generated from openapi.yaml and the pure rooms. */
import { readFileSync } from 'node:fs';
import { lazily } from '../terms/lazily.ts';

const file = new URL('../api/documents.json', import.meta.url);

/** Its text, read once. */
export const documentsSchema: () => string = lazily(() => readFileSync(file, 'utf8'));
