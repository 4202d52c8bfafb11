import type { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { borrowedFormats, ownFormats } from '../formats/index.ts';
import { codeKeyword } from './codeKeyword.ts';
import { vocabulary } from './keywords.ts';
import { multipleOfKeyword } from './multipleOf.ts';

/** Teaches an Ajv the hub's formats and x- keywords. Idempotent. @returns the same Ajv */
export function configureAjv(ajv: Ajv2020): Ajv2020 {
  addFormats.default(ajv, { mode: 'full', formats: [...borrowedFormats] });
  for (const [name, format] of Object.entries(ownFormats)) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => format(text) === undefined });
  }
  ajv.removeKeyword('multipleOf').addKeyword(multipleOfKeyword());
  for (const { name, metaSchema } of vocabulary) {
    if (ajv.getKeyword(name) !== false) continue;
    ajv.addKeyword(name === 'x-code' ? codeKeyword() : { keyword: name, metaSchema: { ...metaSchema } });
  }
  return ajv;
}
