/**
 * 一数一源 (one source for each fact): checks elements that a department offers as its own. The data office may have assigned them to another
 * department.
 */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { breather } from '../../../../machine/yieldIfSlow.ts';
import { pointerTo } from '../../../../schemas/jsonSchema.ts';
import type { Resolve } from '../../../../schemas/references.ts';
import { TooComplex } from '../../../../schemas/subset/judge.ts';
import { reasonFor } from '../../../../schemas/subset/reasons.ts';
import { placesOf } from '../../../../schemas/subset/places.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { sourcesOf } from '../../../registry/store/elementSources.ts';

interface Marks {
  readonly 'x-semantic'?: string;
  readonly 'x-subject-key'?: string;
  readonly 'x-source'?: string;
}

interface Claim {
  readonly element: string;
  readonly from: string | undefined;
}

/**
 * Returns the elements of a schema with the department each is declared to come from. Nested elements inherit the source of their field
 * unless they declare another. A field that identifies the subject of a row claims nothing.
 */
async function claimed({ document, primaryKey }: DatasetSchema, resolve: Resolve): Promise<readonly Claim[]> {
  const keys = new Set(primaryKey.map((name) => pointerTo('/properties', name)));
  const found: Claim[] = [];
  const carry = (schema: Marks): string | undefined => schema['x-source'];
  const breathe = breather();
  for (const place of placesOf([document], resolve, { carry })) {
    await breathe();
    if (place === undefined) continue;
    const { pointer, schemas, carried: from } = place;
    const marks: Marks = schemas[0] ?? {};
    const element = marks['x-semantic'];
    if (element !== undefined && marks['x-subject-key'] === undefined && !keys.has(pointer))
      found.push({ element, from });
  }
  return found;
}

/** The problem of a schema that is too complex to be traversed: its elements were compared with no decision. */
function unread({ urn }: DatasetSchema): Problem {
  const finding = { path: '', code: 'too_complex', reason: reasonFor('too_complex', {}) };
  return new Problem(
    'schema_incompatible',
    { against: urn, mode: 'BACKWARD', at: '/' },
    { findings: [finding] },
  );
}

/**
 * @param known the version whose elements are already offered: later decisions do not withdraw them
 * @throws Problem schema_incompatible if a schema cannot be traversed; element_source: one of the elements comes from another department,
 *   and the office has not allowed this one to offer it too
 */
export async function checkElements(
  pool: Pool,
  department: string,
  schemas: readonly DatasetSchema[],
  resolve: Resolve,
  known?: DatasetSchema,
): Promise<void> {
  const claimedBy = async (schema: DatasetSchema): Promise<readonly Claim[]> => {
    try {
      return await claimed(schema, resolve);
    } catch (error) {
      throw error instanceof TooComplex ? unread(schema) : error;
    }
  };
  const nameOf = ({ element, from = '' }: Claim): string => `${element} ${from}`;
  const before = new Set(known === undefined ? [] : (await claimedBy(known)).map(nameOf));
  const elements: Claim[] = [];
  for (const schema of schemas)
    elements.push(...(await claimedBy(schema)).filter((one) => !before.has(nameOf(one))));
  const decided = await sourcesOf(pool, [...new Set(elements.map(({ element }) => element))]);
  const foreign = decided.filter(
    ({ element, department: source, also }) =>
      source !== department &&
      !also.includes(department) &&
      elements.some((one) => one.element === element && one.from !== source),
  );
  const [first] = foreign;
  if (first === undefined) return;
  throw new Problem(
    'element_source',
    { element: first.element, department: first.department },
    { findings: foreign.map(({ element, department: source }) => ({ element, department: source })) },
  );
}
