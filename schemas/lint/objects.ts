import { isSchemaObject, typesOf } from '../jsonSchema.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

/** Required names are declared (strictRequired of the validator), and combinations that it judges wrongly are refused. */
export function checkObjects({ schema, pointer, owner }: Place, report: Report): void {
  const declared = (name: string): boolean =>
    [schema, owner].some(
      (one) => isSchemaObject(one['properties']) && Object.hasOwn(one['properties'], name),
    );
  const { required } = schema;
  if (Array.isArray(required) && typesOf(owner)?.includes('object') === true) {
    for (const name of required) {
      if (typeof name === 'string' && !declared(name))
        report('required_unknown', `${pointer}/required`, { name });
    }
  }
  // beside prefixItems the validator lets the empty array pass
  if (schema['contains'] !== undefined && schema['prefixItems'] !== undefined) {
    report('keywords_together', pointer, { keyword: 'contains', other: 'prefixItems' });
  }
  if (schema['unevaluatedProperties'] === undefined) return;
  if (schema['additionalProperties'] !== undefined) {
    report('keywords_together', pointer, { keyword: 'unevaluatedProperties', other: 'additionalProperties' });
  }
  // a condition with a branch missing makes the validator forget what `if` has evaluated
  if (schema['if'] !== undefined && (schema['then'] === undefined || schema['else'] === undefined)) {
    report('keywords_together', pointer, { keyword: 'unevaluatedProperties', other: 'if' });
  }
}
