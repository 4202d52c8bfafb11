/** Schemas that are constants of the product are compiled without the meta-schema (`ofTheProduct`): here they are held to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { formats } from '../adapters/formats.ts';
import { mappingSchema } from '../adapters/mapping/mappingSchema.ts';
import { configSchema } from '../hub/platform/config/configSchema.ts';
import { statementSchema } from '../hub/features/duties/operations/duties.ts';
import { casesSchema } from '../policies/cases/policyCase.ts';
import { assertionSchema } from '../policies/consents/assertion.ts';
import { consentSchema } from '../policies/consents/readConsent.ts';
import { agreementSchema, restrictionSchema } from '../policies/documents/documentSchemas.ts';
import { nonEmpty } from './nonEmpty.ts';

test('each holds to the meta-schema of its draft', () => {
  const [draft07, draft2020] = [new Ajv({ logger: false }), new Ajv2020({ logger: false })];
  assert.equal(draft07.validateSchema(configSchema), true, draft07.errorsText());
  const written = {
    agreementSchema,
    restrictionSchema,
    mappingSchema,
    casesSchema,
    assertionSchema,
    consentSchema,
    statementSchema,
    ...Object.fromEntries(nonEmpty(formats).map((format) => [format.name, format.optionsSchema])),
  };
  for (const [name, schema] of Object.entries(written))
    assert.equal(draft2020.validateSchema(schema), true, `${name}: ${draft2020.errorsText()}`);
  assert.equal(draft2020.validateSchema({ type: 'objekt' }), false);
});
