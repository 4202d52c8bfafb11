/** A field of a draft with the type that a person decided, in the place of the guessed one. */
import type { ValueType } from './decisions.ts';

type Members = Readonly<Record<string, unknown>>;

/** Characters of a text whose guess had no bound. */
const textLength = 200;
/** As many digits as a database holds, with sign and point. */
const decimalLength = 40;

const shapes: Readonly<Record<ValueType, (length: unknown) => Members>> = {
  text: (length) => ({ type: 'string', maxLength: length ?? textLength }),
  integer: () => ({ type: 'integer' }),
  number: () => ({ type: 'number' }),
  decimal: () => ({ type: 'string', format: 'decimal', maxLength: decimalLength }),
  boolean: () => ({ type: 'boolean' }),
  date: () => ({ type: 'string', format: 'date' }),
  'date-time': () => ({ type: 'string', format: 'date-time' }),
};

/** What a person decides separately, or what no type brings with it. */
const lasting = ['title', 'x-title', 'x-sensitivity', 'x-personal', 'x-subject-key'] as const;

/** Code list, format and meaning belong to the guessed type and go with it. The value may be null where it might be before. */
export function withType(property: Members, type: ValueType): Members {
  const { type: types, enum: choices, maxLength } = property;
  const isNullable = [types, choices].some(
    (one) => Array.isArray(one) && (one.includes('null') || one.includes(null)),
  );
  const { type: plain, ...shape } = shapes[type](maxLength);
  return {
    ...Object.fromEntries(lasting.flatMap((word) => (word in property ? [[word, property[word]]] : []))),
    type: isNullable ? [plain, 'null'] : plain,
    ...shape,
  };
}
