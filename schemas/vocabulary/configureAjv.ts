import type { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { borrowedFormats, ownFormats } from '../formats/index.ts';
import type { Surroundings } from '../surroundings.ts';
import { codeKeyword } from './codeKeyword.ts';
import { vocabulary } from './keywords.ts';
import { multipleOfKeyword } from './multipleOf.ts';

/**
 * Teaches an Ajv the hub's formats and x- keywords, as they are read in some surroundings. What a keyword may say is the linter's to check.
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
      ajv.addKeyword(name === 'x-code' ? codeKeyword(codeLists) : { keyword: name });
  return ajv;
}
