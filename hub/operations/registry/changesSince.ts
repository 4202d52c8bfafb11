import type { components } from '../../../api/openapi.ts';
import { guardedComparisons } from '../../../machine/guardedComparison.ts';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { needsOfficer } from '../../../schemas/subset/policyChanges.ts';
import type { Compatibility, SchemaRow } from '../../store/registry/schemas.ts';
import type { ReadVersion } from './checkVersion.ts';

type Change = components['schemas']['SchemaChanges'][number];

/** What a version changes against another one, field by field: its shape, what its fields mean, and who may see them. */
export async function changesSince(
  before: SchemaRow | undefined,
  { schema, surroundings }: Pick<ReadVersion, 'schema' | 'surroundings'>,
  mode: Compatibility,
): Promise<Change[]> {
  const pairs =
    before === undefined ? [] : [{ old: JSON.parse(before.document) as JsonSchema, fresh: schema.document }];
  const [comparison] = await guardedComparisons(pairs, mode, surroundings);
  return [
    ...(comparison?.changes ?? []).map(({ path, code, backward, forward, reason }) => ({
      ...{ pointer: path, code, backward, forward, message: reason },
    })),
    ...(comparison?.policy ?? []).map((one) => ({
      ...{ pointer: one.path, code: one.code, backward: true, forward: true, message: one.reason },
      officer: needsOfficer(one),
    })),
  ];
}
