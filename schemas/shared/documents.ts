import { readFileSync } from 'node:fs';
import type { JsonSchema } from '../datasetSchema.ts';

/** The shared schemas that ship: newest version of each, by short name. The file is `<name>.json`. */
export const sharedNames = [
  'address@1',
  'admin-region@1',
  'air-quality-hourly@1',
  'emergency-alert@1',
  'enterprise@1',
  'household@1',
  'licence@1',
  'medical-visit@1',
  'person@1',
  'real-estate@1',
  'residence-permit@1',
  'school-enrolment@1',
  'social-insurance@1',
  'traffic-event@1',
] as const;

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
