import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * A validator set up like every other of the contract: strict, JSON Schema 2020-12. The contract itself is linted by `npm run check`;
 * comparing it with the meta-schema at each boot would take longer than everything else of the boot.
 * @param optimize false where compiling fast matters more than validating fast
 */
export function contractAjv(optimize = true): Ajv2020 {
  const ajv = new Ajv2020({
    meta: false,
    validateSchema: false,
    code: { optimize },
    strict: true,
    allErrors: true,
    discriminator: true,
    allowUnionTypes: true,
    strictRequired: false,
  });
  addFormats.default(ajv, ['date', 'date-time']);
  ajv.addFormat('binary', true);
  return ajv;
}
