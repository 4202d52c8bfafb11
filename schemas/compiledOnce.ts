import type { ValidateFunction } from 'ajv';

/**
 * Ajv's options for a schema that is a constant of the product: that it holds to the meta-schema is a test's to say
 * (tests/productSchemas.test.ts), not every start's.
 */
export const ofTheProduct = { meta: false, validateSchema: false } as const;

/** A validator belongs to the schema that it was compiled from: it is made when first asked for, and kept as long as that is. */
const compiled = new WeakMap<object, ValidateFunction>();

/** @param schema a constant of the product @param compile makes its validator */
export function compiledOnce<Schema extends object, Value>(
  schema: Schema,
  compile: (schema: Schema) => ValidateFunction<Value>,
): ValidateFunction<Value> {
  const known = compiled.get(schema) as ValidateFunction<Value> | undefined;
  const validate = known ?? compile(schema);
  compiled.set(schema, validate);
  return validate;
}
