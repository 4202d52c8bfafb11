import type { ValidateFunction } from 'ajv';

/** Deep data with a recursive schema overflows the stack: such a record is invalid and does not crash the process. */
export function guarded(validate: ValidateFunction): (value: unknown) => boolean {
  return (value) => {
    try {
      return validate(value);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  };
}
