/**
 * Every document of release 0.1.0 is still accepted and means the same: the agreements, restrictions, schemas and mappings that its samples
 * and worked policy cases held. A change of this release or a later one that refuses one of them needs a conversion.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compileMapping } from '../../adapters/mapping/compile.ts';
import { documentsSchema } from '../../machine/documentsSchema.ts';
import { sharedDocument, sharedDocumentByShortName, sharedNames } from '../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { parsePolicyDocument } from '../../policies/documents/parseDocument.ts';
import { scopesOf } from '../../policies/plans/linkages.ts';
import type { CodeList } from '../../schemas/codelists/codeList.ts';
import { compileSchema } from '../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { nonEmpty } from '../nonEmpty.ts';

interface Written {
  readonly from: string;
  readonly document: Readonly<Record<string, unknown>> & { readonly kind: string };
}

const written = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, 'documents-0.1.0.json.gz'))).toString('utf8'),
) as readonly Written[];
const of = (...kinds: readonly string[]): readonly Written[] =>
  written.filter(({ document }) => kinds.includes(document.kind));

test('agreements and restrictions are read, and their signed bytes are the same', () => {
  for (const { from, document } of nonEmpty(of('Agreement', 'Restriction'))) {
    const read = parsePolicyDocument(document, from);
    assert.equal(read.canonical, canonicalJson(document as CanonicalValue), from);
  }
});

test('pseudonyms of agreements of then are the same for all providers, as they were', () => {
  const agreements = of('Agreement').flatMap(({ from, document }) => {
    const read = parsePolicyDocument(document, from);
    return read.kind === 'Agreement' ? [read] : [];
  });
  const scopeOf = scopesOf(agreements);
  const pseudonyms = agreements.flatMap((agreement) =>
    agreement.grants.flatMap(({ dataset, fields }) =>
      Object.entries(fields).flatMap(([field, { mask }]) =>
        mask === 'pseudonym' ? [scopeOf(agreement, dataset, field)] : [],
      ),
    ),
  );
  for (const scope of nonEmpty(pseudonyms)) assert.equal(scope, undefined);
});

test('schemas compile, and mappings compile against them', () => {
  const lists = of('CodeList').map(({ document: { kind: _kind, ...list } }) => list as unknown as CodeList);
  const surroundings = surroundingsWith(lists);
  const shipped = sharedNames.map((name) => sharedDocumentByShortName(name));
  const documents = new Map<string, JsonSchema>(shipped.map((one) => [String(one['$id']), one]));
  for (const { document } of of('Schema')) {
    const own = document['document'] as JsonSchema | undefined;
    if (own !== undefined) documents.set(String(own['$id']), own);
  }
  const schemas = new Map<string, DatasetSchema>();
  for (const [id, document] of documents) {
    const schema = readSchema(document, (urn) => documents.get(urn) ?? sharedDocument(urn));
    compileSchema(schema, surroundings);
    schemas.set(id, schema);
  }
  for (const { from, document } of nonEmpty(of('Mapping'))) {
    const dataset = of('Dataset').find((one) => one.document['id'] === document['dataset']);
    const schema = schemas.get(String(dataset?.document['schema']));
    assert.ok(schema, from);
    assert.ok(compileMapping(document['document'], schema, surroundings.codeLists), from);
  }
});

test('files that a client of release 0.1.0 applies fit the shapes of today', () => {
  const check = new Ajv2020({ strict: false, validateFormats: false, logger: false }).compile(
    JSON.parse(documentsSchema()) as object,
  );
  for (const { from, document } of nonEmpty(written))
    assert.ok(check(document), `${from}: ${JSON.stringify(check.errors?.slice(0, 3))}`);
});
