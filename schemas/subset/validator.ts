import { LRUCache } from 'lru-cache';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonicalText } from '../readJson.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { Surroundings } from '../surroundings.ts';
import { configureAjv } from '../vocabulary/configureAjv.ts';
import { draftOf, type Draft } from './drafts.ts';

/** The three classes differ in their meta-schemas only. */
type AnyAjv = Ajv | Ajv2019 | Ajv2020;
function newValidator(draft: Draft, surroundings: Surroundings): AnyAjv {
  const Validator = draft === '07' ? Ajv : draft === '2019-09' ? Ajv2019 : Ajv2020;
  return configureAjv(
    new Validator({
      strict: false,
      ownProperties: true,
      validateSchema: false,
      addUsedSchema: false,
      logger: false,
      messages: false,
      code: { optimize: false },
    }),
    surroundings,
  );
}

type Check = (value: unknown) => boolean;

interface Stored {
  /** one validator a draft, without references; it stores no documents */
  readonly shared: Map<Draft, AnyAjv>;
  /** checks of documents by content and references: the same versions are compared repeatedly */
  readonly checks: LRUCache<string, Check>;
  readonly numbers: WeakMap<object, number>;
  numbered: number;
}

const stored = new WeakMap<Surroundings, Stored>();

/** Gives each referenced document a unique number: registered documents are not changed. */
function named(references: readonly object[], keep: Stored): string {
  const { numbers } = keep;
  for (const reference of references) {
    if (numbers.has(reference)) continue;
    keep.numbered += 1;
    numbers.set(reference, keep.numbered);
  }
  return references.map((reference) => numbers.get(reference)).join(' ');
}

/**
 * Confirms counter-examples: a validator of the document's own draft; undefined where it rejects the document. @param text its canonical
 * text
 */
export function validatorOf(
  document: unknown,
  references: readonly object[],
  surroundings: Surroundings,
  text = canonicalText(document),
): Check | undefined {
  if (typeof document === 'boolean') return () => document;
  if (!isSchemaObject(document)) return undefined;
  const keep: Stored = stored.get(surroundings) ?? {
    shared: new Map<Draft, AnyAjv>(),
    checks: new LRUCache<string, Check>({ max: 100 }),
    numbers: new WeakMap(),
    numbered: 0,
  };
  stored.set(surroundings, keep);
  const { shared, checks } = keep;
  const alone = references.length === 0;
  const key = `${named(references, keep)} ${text}`;
  const known = checks.get(key);
  if (known !== undefined) return known;
  try {
    const draft = draftOf(document);
    const ajv = alone
      ? (shared.get(draft) ?? newValidator(draft, surroundings))
      : newValidator(draft, surroundings);
    if (alone) shared.set(draft, ajv);
    for (const reference of references) ajv.addSchema(reference);
    const copy = { ...document };
    const validate = ajv.compile(copy);
    ajv.removeSchema(copy);
    const check = guarded(validate);
    checks.set(key, check);
    return check;
  } catch {
    return undefined;
  }
}

/** A value that overflows the stack is never valid. */
function guarded(validate: Check): Check {
  return (value) => {
    try {
      return validate(value);
    } catch {
      return false;
    }
  };
}
