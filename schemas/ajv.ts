import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Surroundings } from './surroundings.ts';
import { configureAjv } from './vocabulary/configureAjv.ts';

/**
 * A fresh Ajv with the hub's flags. `ownProperties` makes `required: ["toString"]` require an own member; `strict` rejects unknown keywords
 * and formats; nothing is coerced, filled in, removed or fetched.
 * @param options.allErrors true for the second pass, which explains a record that failed
 */
export function newAjv(
  surroundings: Surroundings,
  options: { readonly allErrors: boolean; readonly strictTypes?: boolean; readonly strictRequired?: boolean },
): Ajv2020 {
  return configureAjv(
    new Ajv2020({
      strict: true,
      strictRequired: options.strictRequired ?? true,
      strictTypes: options.strictTypes ?? true,
      allowUnionTypes: true,
      ownProperties: true,
      // every document was linted against the meta-schema and the vocabulary's own: compiling them again for each Ajv only costs time
      meta: false,
      validateSchema: false,
      validateFormats: true,
      allErrors: options.allErrors,
      verbose: false,
      $data: false,
      useDefaults: false,
      coerceTypes: false,
      removeAdditional: false,
      addUsedSchema: false,
      logger: false,
    }),
    surroundings,
  );
}
