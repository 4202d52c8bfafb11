import type { JsonSchema } from '../datasetSchema.ts';
import { borrowedFormats, ownFormatNames } from '../formats/index.ts';
import { vocabulary } from './keywords.ts';

/**
 * The meta-schema for editors, `urn:datong:meta:1`: draft 2020-12 with the hub's own keywords described. Schemas keep the draft's own
 * `$schema`; an editor is pointed here by its settings.
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
