/** Reads words.yaml: for every word of a document, where it is enforced and a change by which the answer changes. */
import { readFileSync } from 'node:fs';
import { isObject } from '../terms/isObject.ts';
import { parse } from 'yaml';
import type { ActingTest } from './faultOfWord.ts';

export interface WordProbe {
  /** `grants[].limits.rowsPerCall` */
  readonly word: string;
  /** path of the file that enforces it */
  readonly in: string;
  /** JSON pointer → value: the document before the change, the change, and the request that is decided under both */
  readonly given: Readonly<Record<string, unknown>>;
  readonly set: Readonly<Record<string, unknown>>;
  readonly ask: Readonly<Record<string, unknown>>;
  /** where the decision only passes the word on: the test in which it has an effect */
  readonly acts?: ActingTest;
}

/** A parameter of a mask: two rules that differ in it mask one value differently. */
export interface MaskProbe {
  /** `idCard.head` */
  readonly word: string;
  readonly in: string;
  /** where the value stays as it is: the test in which the mask changes what a download returns */
  readonly acts?: ActingTest;
  readonly rule: { readonly mask: string };
  readonly other: { readonly mask: string };
  readonly value: unknown;
  readonly row: Readonly<Record<string, unknown>>;
}

export interface WordProbes {
  readonly Agreement: readonly WordProbe[];
  readonly Restriction: readonly WordProbe[];
  readonly Masks: readonly MaskProbe[];
}

export function wordProbes(): WordProbes {
  const file: unknown = parse(readFileSync(new URL('../policies/cases/words.yaml', import.meta.url), 'utf8'));
  const listed = (kind: string): readonly Readonly<Record<string, unknown>>[] => {
    const list = isObject(file) ? file[kind] : undefined;
    return Array.isArray(list) ? list.filter(isObject) : [];
  };
  const common = (one: Readonly<Record<string, unknown>>) => ({
    word: String(one['word']),
    in: String(one['in']),
  });
  const documents = (kind: string): readonly WordProbe[] =>
    listed(kind).map((one) => ({
      ...common(one),
      given: objectIn(one, 'given'),
      set: objectIn(one, 'set'),
      ask: objectIn(one, 'ask'),
      ...actingTest(one),
    }));
  const rule = (one: Readonly<Record<string, unknown>>, name: string): { readonly mask: string } => ({
    ...objectIn(one, name),
    mask: String(objectIn(one, name)['mask']),
  });
  return {
    Agreement: documents('Agreement'),
    Restriction: documents('Restriction'),
    Masks: listed('Masks').map((one) => ({
      ...common(one),
      rule: rule(one, 'rule'),
      other: rule(one, 'other'),
      value: one['value'],
      row: objectIn(one, 'row'),
      ...actingTest(one),
    })),
  };
}

const actingTest = (one: Readonly<Record<string, unknown>>): { readonly acts?: ActingTest } =>
  'test' in one ? { acts: { test: String(one['test']), named: String(one['named']) } } : {};

function objectIn(one: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = one[name];
  return isObject(value) ? value : {};
}
