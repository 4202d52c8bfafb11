import type { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { borrowedFormats, ownFormats, ownFormatNames } from '../formats/index.ts';
import type { Surroundings } from '../surroundings.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import { isSwapped } from '../places/point.ts';
import { codeKeyword } from './codeKeyword.ts';
import { vocabulary } from './keywords.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import { _, type FuncKeywordDefinition } from 'ajv';
import { isMultipleOf, parseDecimal } from '../../terms/decimal.ts';

/**
 * Adds the hub's formats and x- keywords to an Ajv, with their meaning in the given surroundings. The linter checks the keywords' values.
 * @returns the same Ajv
 */
export function configureAjv(ajv: Ajv2020, { codeLists, today }: Surroundings): Ajv2020 {
  addFormats.default(ajv, { mode: 'full', formats: [...borrowedFormats] });
  for (const [name, format] of Object.entries(ownFormats(today))) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => format(text) === undefined });
  }
  ajv.removeKeyword('multipleOf').addKeyword(multipleOfKeyword());
  for (const { name } of vocabulary)
    if (ajv.getKeyword(name) === false)
      ajv.addKeyword(
        name === 'x-code'
          ? codeKeyword(codeLists)
          : name === 'x-geo'
            ? { keyword: name, type: 'object', errors: false, validate: isPlausible }
            : { keyword: name },
      );
  return ajv;
}

/**
 * The meta-schema for editors, `urn:datong:meta:1`: draft 2020-12 with descriptions of the hub's own keywords. Schemas retain the draft's
 * own `$schema`; an editor finds this one by its settings.
 */
export function metaschema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:meta:1',
    title: '打通数据集标准 / Datong schema',
    $dynamicAnchor: 'meta',
    allOf: [{ $ref: 'https://json-schema.org/draft/2020-12/schema' }],
    properties: {
      format: { type: 'string', examples: [...ownFormatNames, ...borrowedFormats] },
      ...Object.fromEntries(
        vocabulary.map(({ name, meaning, metaSchema }) => [
          name,
          { description: `${meaning.zh} / ${meaning.en}`, ...metaSchema },
        ]),
      ),
    },
    patternProperties: { '^x-': true },
    propertyNames: { anyOf: [{ not: { pattern: '^x-' } }, { enum: vocabulary.map(({ name }) => name) }] },
  };
}

/** x-geo as an assertion: longitude and latitude were not exchanged. The other keywords of the field check the form of the point. */
const isPlausible = (_word: unknown, value: unknown): boolean => {
  const coordinates: unknown = isSchemaObject(value) ? value['coordinates'] : undefined;
  if (!Array.isArray(coordinates) || coordinates.length !== 2) return true;
  const [longitude, latitude] = coordinates as unknown[];
  return typeof longitude !== 'number' || typeof latitude !== 'number' || !isSwapped([longitude, latitude]);
};

/** multipleOf in exact decimals: the validator's own divides doubles and rejects 0.29 as a multiple of 0.01. */
function multipleOfKeyword(): FuncKeywordDefinition {
  return {
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    error: { message: 'must be a multiple', params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}` },
    compile: (step: number) => {
      const exact = parseDecimal(String(step));
      return (value: number): boolean => {
        if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0;
        const decimal = parseDecimal(String(value));
        return exact !== undefined && decimal !== undefined && isMultipleOf(decimal, exact);
      };
    },
  };
}
