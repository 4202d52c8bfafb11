/** Major versions of the household schema, their mappings, and who lies in a dataset of one that is merged by key. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { samples } from '../hub.ts';

export interface Schema {
  $id: string;
  properties: Record<string, Record<string, unknown>>;
  required: string[];
}
export const householdText = readFileSync(
  new URL('../../schemas/shared/household.json', import.meta.url),
  'utf8',
);
/** The household schema without telephone numbers, which no minor version may take away. */
export function schemaOf(major: number): Schema {
  const schema = JSON.parse(householdText) as Schema;
  schema.$id = `urn:datong:household:${major}.0`;
  delete schema.properties['mobile'];
  schema.required = schema.required.filter((name) => name !== 'mobile');
  return schema;
}
export const mapping = readDocuments(join(samples, 'household/dataset.yaml')).find(
  ({ kind }) => kind === 'Mapping',
)?.members['document'] as { readonly fields: Readonly<Record<string, unknown>> };
export function mappingOf(major: number, version: number, more: object = {}): object {
  const { mobile: _, ...fields } = mapping.fields;
  return {
    ...mapping,
    mapping: `pub-security/household@${version}`,
    target: `household@${major}`,
    fields,
    ...more,
  };
}

/** Reads rows as they are, each field by its own name. @param options of the format json @param more fields that are not in them */
export const rowsMappingOf = (
  major: number,
  name: string,
  options: object = {},
  more: object = {},
): object => ({
  ...mapping,
  mapping: name,
  target: `household@${major}`,
  source: { format: 'json', options },
  fields: {
    ...Object.fromEntries(Object.keys(schemaOf(major).properties).map((field) => [field, { from: field }])),
    ...more,
  },
});

/** @throws where the table of that major version is not there */
export async function mergedPeople({ owner }: Database, dataset: string, major: number): Promise<string[]> {
  const digest = createHash('sha256').update(`${dataset}\nhousehold@${major}`).digest('hex').slice(0, 24);
  const { rows } = await owner.query<{ id: string }>(
    `SELECT f_person_id AS id FROM rows.u_${digest} ORDER BY 1`,
  );
  return rows.map(({ id }) => id);
}
