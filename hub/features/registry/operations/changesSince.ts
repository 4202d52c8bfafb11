import type { components } from '../../../../api/openapi.ts';
import { guardedComparisons } from '../../../../machine/guardedComparison.ts';
import type { Turn } from '../../../../machine/turns.ts';
import type { JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { likeness } from '../../../../schemas/likeness.ts';
import { needsOfficer } from '../../../../schemas/subset/policyChanges.ts';
import type { Compatibility, SchemaRow } from '../../../registry/store/schemas.ts';
import type { ReadVersion } from './checkVersion.ts';

/** States that only texts or the order changed, so that readers do not search for a difference. */
const onlyTexts = {
  zh: '只有名称、说明或数据项次序不同：校验、脱敏和含义都不变',
  en: 'only titles, messages or the order of fields differ: what is checked, masked and meant stays as it is',
};

type Change = components['schemas']['SchemaChanges'][number];

/** Compares a version with another one, field by field: its shape, what its fields mean, and who may see them. */
export async function changesSince(
  turn: Turn,
  before: SchemaRow | undefined,
  { schema, surroundings }: Pick<ReadVersion, 'schema' | 'surroundings'>,
  mode: Compatibility,
): Promise<Change[]> {
  const pairs =
    before === undefined ? [] : [{ old: JSON.parse(before.document) as JsonSchema, fresh: schema.document }];
  const [comparison] = await guardedComparisons(turn, pairs, mode, surroundings);
  const changes = [
    ...(comparison?.changes ?? []).map(({ path, code, backward, forward, reason }) => ({
      pointer: path,
      code,
      backward,
      forward,
      message: reason,
    })),
    ...(comparison?.policy ?? []).map((one) => ({
      pointer: one.path,
      code: one.code,
      backward: true,
      forward: true,
      message: one.reason,
      officer: needsOfficer(one),
    })),
  ];
  const [pair] = pairs;
  if (pair === undefined || changes.length > 0 || likeness(pair.old, pair.fresh) === 'other') return changes;
  return [{ pointer: '', code: 'only_texts', backward: true, forward: true, message: onlyTexts }];
}
