/** The JSON Schema of the input of `datong catalogue apply`: api/documents.json, generated from openapi.yaml and the pure modules. */
import { readFileSync } from 'node:fs';
import { lazily } from '../terms/lazily.ts';

const file = new URL('../api/documents.json', import.meta.url);

/** Its text, read once. */
export const documentsSchema: () => string = lazily(() => readFileSync(file, 'utf8'));
