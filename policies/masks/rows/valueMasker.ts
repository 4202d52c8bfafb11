import type { FieldType } from '../../../schemas/datasetSchema.ts';
import { valueTypes } from './fieldPath.ts';
import type { MaskEnvironment, MaskKind, MaskRun, Params } from '../mask.ts';

/**
 * A mask for single values without a schema. Absent, null and '' are handled as in rows; any type that the mask accepts is masked; all
 * others become null and are counted.
 */
export function valueMasker(
  mask: MaskKind,
  params: Params,
  environment: MaskEnvironment,
): (value: unknown, run: MaskRun) => unknown {
  const compiled = mask.compile(params, environment);
  return (value, run) => {
    if (mask.whole === true) return compiled(value, {}, run);
    if (value === null || value === undefined || value === '') return value;
    if (takes(mask, value)) return compiled(value, {}, run);
    run.typeErrors += 1;
    return null;
  };
}

function takes(mask: MaskKind, value: unknown): boolean {
  const [type] = valueTypes({ const: value }) as readonly FieldType[];
  return (
    type !== undefined && (mask.types.includes(type) || (type === 'integer' && mask.types.includes('number')))
  );
}
