import { _ } from 'ajv';
import type { FuncKeywordDefinition } from 'ajv';
import { isMultipleOf, parseDecimal } from '../../terms/decimal.ts';

/** multipleOf in exact decimals: the validator's own divides doubles and calls 0.29 no multiple of 0.01. */
export function multipleOfKeyword(): FuncKeywordDefinition {
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
