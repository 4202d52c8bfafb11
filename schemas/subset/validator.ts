import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isSchemaObject } from '../jsonSchema.ts';
import { configureAjv } from '../vocabulary/configureAjv.ts';
import { draftOf } from './drafts.ts';

/** Confirms counter-examples: a validator of the document's own draft; undefined where it does not take the document. */
export function validatorOf(
  document: unknown,
  references: readonly object[],
): ((value: unknown) => boolean) | undefined {
  if (typeof document === 'boolean') return () => document;
  if (!isSchemaObject(document)) return undefined;
  try {
    const draft = draftOf(document);
    const Validator = draft === '07' ? Ajv : draft === '2019-09' ? Ajv2019 : Ajv2020;
    const ajv = new Validator({ strict: false, ownProperties: true, addUsedSchema: false, logger: false });
    // the three classes differ in their meta-schemas only
    configureAjv(ajv);
    for (const reference of references) ajv.addSchema(reference);
    const validate = ajv.compile({ ...document });
    return (value) => {
      try {
        return validate(value);
      } catch {
        return false;
      }
    };
  } catch {
    return undefined;
  }
}
