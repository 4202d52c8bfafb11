/** Validates reader options against the JSON Schema of their format: no unknown ones, all typed, defaults filled in. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compiledOnce, ofTheProduct } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { documentFault } from './documentFault.ts';
import type { Format } from './reader.ts';

/**
 * A copy of the options with defaults.
 * @throws Problem adapter_options_invalid with findings
 */
export function checkedOptions(format: Format, options: unknown): unknown {
  const validate = compiledOnce(format.optionsSchema, (schema) => {
    const ajv = new Ajv2020({
      ...ofTheProduct,
      allErrors: true,
      useDefaults: true,
      strict: true,
      strictRequired: false,
      strictTypes: false,
    });
    ajv.addVocabulary(['x-zh']);
    return ajv.compile(schema);
  });
  const copy = withPlainLabels(structuredClone(options ?? {}));
  const faults = validate(copy) ? [format.contradiction?.(copy)] : (validate.errors ?? []).map(documentFault);
  const findings = faults.flatMap((fault) =>
    fault === undefined ? [] : [{ code: 'option_invalid', ...fault }],
  );
  if (findings.length > 0)
    throw new Problem('adapter_options_invalid', { format: format.name }, { findings });
  return copy;
}

/** Labels of encodings are accepted in any case: GBK, UTF-8, CP037. */
function withPlainLabels(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const labels = Object.entries(options).filter(
    ([name, value]) => (name === 'encoding' || name === 'codePage') && typeof value === 'string',
  );
  return {
    ...options,
    ...Object.fromEntries(labels.map(([name, value]) => [name, String(value).toLowerCase()])),
  };
}
