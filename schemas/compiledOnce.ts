import type { Options, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

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

/** Whether a value has the shape that such a schema says, compiled once: nothing inherited, nothing coerced. @param options beyond those */
export const shapeOf = <Value>(schema: object, options: Options = {}): ValidateFunction<Value> =>
  compiledOnce(schema, () =>
    new Ajv2020({
      ...ofTheProduct,
      strict: true,
      ownProperties: true,
      logger: false,
      ...options,
    }).compile<Value>(schema),
  );
