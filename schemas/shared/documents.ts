import { readFileSync } from 'node:fs';
import type { JsonSchema } from '../datasetSchema.ts';

/** The shared schemas that ship: newest version of each, by short name. The file is `<name>.json`. */
export const sharedNames = ['air-quality-hourly@1', 'household@1'] as const;

const documents = new Map<string, JsonSchema>();

/** The document of a shipped schema by its URN; undefined when none has it. */
export function sharedDocument(urn: string): JsonSchema | undefined {
  const name = /^urn:datong:([a-z0-9-]+):(\d+)\.\d+$/.exec(urn);
  const short = name === null ? '' : `${name[1] ?? ''}@${name[2] ?? ''}`;
  if (!(sharedNames as readonly string[]).includes(short)) return undefined;
  const document = sharedDocumentByShortName(short);
  return document['$id'] === urn ? document : undefined;
}

/** The document of a shipped schema; read once. @param short one of sharedNames */
export function sharedDocumentByShortName(short: string): JsonSchema {
  const known = documents.get(short);
  if (known !== undefined) return known;
  const file = new URL(`${short.split('@', 1)[0] ?? ''}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
  documents.set(short, document);
  return document;
}
