/** A minor version of a schema keeps what the other versions of its major promise. */
import { guardedComparison } from '../../../machine/guardedComparison.ts';
import type { DatasetSchema, JsonSchema } from '../../../schemas/datasetSchema.ts';
import type { Comparison } from '../../../schemas/subset/compare.ts';
import { needsNewMajor } from '../../../schemas/subset/policyChanges.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { Problem } from '../../../terms/problem.ts';
import type { SchemaRow } from '../../store/registry/schemas.ts';

/** longest counter-example that a refusal shows, in characters */
const longestWitness = 4000;

/** The published versions of the same major. */
export const versionsBeside = (
  rows: readonly SchemaRow[],
  { name, major, urn }: DatasetSchema,
): SchemaRow[] =>
  rows.filter(
    (row) => row.name === name && row.major === major && row.urn !== urn && row.state === 'published',
  );

/**
 * BACKWARD_TRANSITIVE: a record valid under any earlier version is valid under the new one; one that is registered late is held against
 * the later ones the same way. What a field means, and who may see it, stays within a major version.
 * @throws Problem schema_incompatible, schema_meaning_changed; their findings say what, where and against which version
 */
export async function checkSuccession(
  schema: DatasetSchema,
  beside: readonly SchemaRow[],
  surroundings: Surroundings,
): Promise<void> {
  for (const row of beside) {
    const other = JSON.parse(row.document) as JsonSchema;
    const [old, fresh] = row.minor < schema.minor ? [other, schema.document] : [schema.document, other];
    const comparison = await guardedComparison(old, fresh, surroundings);
    if (!comparison.compatible) throw incompatible(comparison, row.urn);
    const changed = comparison.policy.filter(needsNewMajor);
    const [first] = changed;
    if (first === undefined) continue;
    throw new Problem(
      'schema_meaning_changed',
      { against: row.urn, at: first.path },
      { at: `/body/document${first.path}`, findings: changed.map((one) => findingOf(one, row.urn)) },
    );
  }
}

function incompatible({ changes, mode, ...comparison }: Comparison, against: string): Problem {
  const broken = changes.filter(({ backward }) => !backward);
  const path = broken[0]?.path ?? '';
  const witness = JSON.stringify(comparison.witness) as string | undefined;
  const shown = witness !== undefined && witness.length <= longestWitness;
  return new Problem(
    'schema_incompatible',
    { against, mode, at: path === '' ? '/' : path },
    {
      at: `/body/document${path}`,
      findings: broken.map((one, index) => ({
        ...findingOf(one, against),
        // the record is one for the whole comparison: it stands with the first finding
        ...(index === 0 && shown ? { witness: comparison.witness } : {}),
      })),
    },
  );
}

const findingOf = (
  { path, code, reason }: Pick<Comparison['changes'][number], 'path' | 'reason'> & { readonly code: string },
  against: string,
): object => ({ pointer: path, code, against, message: reason });
