import { createHash } from 'node:crypto';
import { Problem } from '../terms/problem.ts';
import { canonicalText } from './readJson.ts';
import type { DatasetSchema, JsonSchema } from './datasetSchema.ts';
import type { Finding } from './messages.ts';
import { isSchemaObject, pointerTokens } from './jsonSchema.ts';
import { lintSchema } from './lint/lintSchema.ts';
import { walkSchema } from './lint/walk.ts';
import { readFields, bilingualOf } from './readFields.ts';
import type { Resolve } from './references.ts';
import { parseSchemaUrn } from './schemaUrn.ts';
import { bareSurroundings, type Surroundings } from './surroundings.ts';

/**
 * Reads a schema document into the hub's representation.
 * @param surroundings other documents that it may refer to, and code lists
 * @throws Problem schema_invalid with the findings of lint
 */
export function parseDatasetSchema(
  document: unknown,
  surroundings: Surroundings = bareSurroundings,
): DatasetSchema {
  const findings = lintSchema(document, surroundings);
  if (findings.length > 0 || !isSchemaObject(document)) throw schemaInvalid(findings);
  return readSchema(document, surroundings.resolve);
}

/** The problem that lists what lint found. */
export function schemaInvalid(findings: readonly Finding[]): Problem {
  const [first] = findings;
  const facts = {
    count: findings.length,
    at: first === undefined || first.path === '' ? '/' : first.path,
    first: first?.message.zh ?? '',
    firstEn: first?.message.en ?? '',
  };
  return new Problem('schema_invalid', facts, { findings });
}

/** Reads a document that lint has passed. */
export function readSchema(document: JsonSchema, resolve: Resolve): DatasetSchema {
  const urn = String(document['$id']);
  const name = parseSchemaUrn(urn) ?? { name: '', major: 0, minor: 0 };
  const fields = readFields(document, resolve);
  const key = Array.isArray(document['x-primary-key']) ? document['x-primary-key'] : [];
  const subject = fields.find(({ schema }) => schema['x-subject-key'] !== undefined);
  return {
    urn,
    ...name,
    digest: createHash('sha256').update(canonicalText(document)).digest('hex'),
    title: bilingualOf(document['x-title']) ?? { zh: name.name, en: name.name },
    document,
    references: referencedDocuments(document, resolve),
    fields,
    primaryKey: key.flatMap((pointer) =>
      typeof pointer === 'string' ? pointerTokens(pointer).slice(0, 1) : [],
    ),
    ...(subject === undefined
      ? {}
      : {
          subject: {
            field: subject.name,
            kind: subject.schema['x-subject-key'] as 'person' | 'organization' | 'place',
          },
        }),
  };
}

/** The other documents that a document needs, directly or indirectly. */
function referencedDocuments(document: JsonSchema, resolve: Resolve): JsonSchema[] {
  const found = new Map<string, JsonSchema>();
  const open = [document];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { schema } of walkSchema(next)) {
      const { $ref } = schema;
      if (typeof $ref !== 'string' || !$ref.startsWith('urn:')) continue;
      const urn = $ref.split('#', 1)[0] ?? '';
      const other = resolve(urn);
      if (other === undefined || found.has(urn) || urn === document['$id']) continue;
      found.set(urn, other);
      open.push(other);
    }
  }
  return [...found.values()];
}
