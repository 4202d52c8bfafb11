/**
 * The shared schemas of the product: newest version of each, by short name. The file is `schemas/shared/<name>.json`; each is read once.
 */
import { readFileSync } from 'node:fs';
import type { DatasetSchema, JsonSchema } from '../schemas/datasetSchema.ts';
import { readSchema } from '../schemas/parse.ts';
import { lazily } from '../terms/lazily.ts';
import { Problem } from '../terms/problem.ts';

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

interface Shipped {
  readonly document: () => JsonSchema;
  readonly schema: () => DatasetSchema;
}

const shipped: ReadonlyMap<string, Shipped> = new Map(
  sharedNames.map((name) => {
    const document = lazily(() =>
      documentIn(new URL(`../schemas/shared/${name.split('@', 1)[0] ?? ''}.json`, import.meta.url)),
    );
    return [name, { document, schema: lazily(() => readSchema(document(), sharedDocument)) }];
  }),
);

const documentIn = (file: URL): JsonSchema => JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;

/** @throws Problem schema_unknown */
function shippedAs(name: string): Shipped {
  const known = shipped.get(name);
  if (known === undefined) throw new Problem('schema_unknown', { name });
  return known;
}

/** The document of a shipped schema by its URN; undefined where there is none. */
export function sharedDocument(urn: string): JsonSchema | undefined {
  const name = /^urn:datong:([a-z0-9-]+):(\d+)\.\d+$/.exec(urn);
  const document = shipped.get(name === null ? '' : `${name[1] ?? ''}@${name[2] ?? ''}`)?.document();
  return document?.['$id'] === urn ? document : undefined;
}

/** The document of a shipped schema. @param short one of sharedNames @throws Problem schema_unknown */
export const sharedDocumentByShortName = (short: string): JsonSchema => shippedAs(short).document();

/**
 * A schema that ships with the product. A test lints every one of them.
 * @param name short name, `household@1`
 * @throws Problem schema_unknown
 */
export const sharedSchema = (name: string): DatasetSchema => shippedAs(name).schema();

/** All schemas that ship. */
export function sharedSchemas(): DatasetSchema[] {
  return sharedNames.map(sharedSchema);
}
