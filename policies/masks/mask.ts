/** Defines a mask: a named, parametrised, pure function of one value, with all that the engine and a reader must know of it. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { FieldType, JsonSchema } from '../../schemas/datasetSchema.ts';
import type { MaskUse } from '../decision.ts';
import type { ParamShape, Params, ParamsOf } from './params.ts';

export type Row = Readonly<Record<string, unknown>>;

/** State of one exchange: the decision's time, values already pseudonymised, number of wrong types. Discarded afterwards. */
export interface MaskRun {
  /** Unix milliseconds; the decision's time */
  readonly now: number;
  /** values that did not have their schema's type; each became null */
  typeErrors: number;
  /** per masked path: value → pseudonym. Discarded at the end of the exchange. */
  readonly memo: Map<string, Map<string, string>>;
}

/** Receives a value of one of the mask's types, neither null nor ''. Masks marked `whole` receive any value, including absent ones. */
export type MaskFunction = (value: unknown, row: Row, run: MaskRun) => unknown;

export interface MaskEnvironment {
  /** department the pseudonyms are made for */
  readonly consumer: string;
  readonly keys: PseudonymKeys;
  /** datasets or fields in which a value has the same pseudonym; absent: those of all providers, as under agreements of format 1 */
  readonly scope?: string;
  readonly dictionary: Dictionary;
  /** path of the field, for the run's memo */
  readonly path: string;
}

/** Code lists, for masks that read names of divisions. */
export type Dictionary = Pick<CodeLists, 'list' | 'entries'>;

export interface PseudonymKeys {
  /** HMAC key of one consumer, domain, epoch and scope (32 bytes); see pseudonymKey.ts */
  pseudonym(consumer: string, domain: string, epoch: number, scope?: string): Uint8Array;
  /** the epoch a domain issues at a time; absent = 1 for all time */
  issuing?(domain: string, now: number): number;
}

/** Guarantees of the schema about the values of a field. */
export interface MaskDomain {
  readonly type: FieldType;
  readonly format?: string;
  /** a place (`x-geo: point`), which has no parts */
  readonly isPlace?: true;
}

/** What a mask does to one value. */
export interface MaskExample {
  /** as a policy document writes them; absent = all by default */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly value: unknown;
  /** the masked value, for the consumer `education` on 2026-06-01; undefined = the field is left out */
  readonly becomes: unknown;
}

/** @typeParam P the parameters as `readMaskRule` gives them */
export interface TypedMask<P> {
  readonly name: string;
  readonly title: Bilingual;
  /** rows of the table of masks in docs/policies.md; a test runs each of them and uses their parameters for the laws of `meet` */
  readonly examples: readonly [MaskExample, ...MaskExample[]];
  readonly types: readonly FieldType[];
  /** of a text: its format must be one of these */
  readonly formats?: readonly string[];
  /** takes places (`x-geo: point`), whether or not it takes other objects */
  readonly places?: true;
  readonly params: ParamShape;
  /** rules between parameters; the sentence describes the fault */
  readonly checkParams?: (params: P) => Bilingual | undefined;
  /** receives absent and null values too, and handles them itself */
  readonly whole?: true;
  readonly compile: (params: P, environment: MaskEnvironment) => MaskFunction;
  /** schema of the masked value, without nullability; `schema` is the field's own */
  readonly output: (schema: JsonSchema, params: P) => JsonSchema;
  /**
   * The mask that reveals no more than either of the two; undefined where this mask has none. Laws (property-tested over the catalogue):
   * commutative, associative, idempotent; and any two values that one of the masks makes equal, the meet makes equal.
   */
  readonly meet: (mine: P, other: MaskUse, domain: MaskDomain) => MaskUse | undefined;
  /** what a masked value still reveals, in words */
  readonly reveals: (params: P) => Bilingual;
  /**
   * Positions (in code points) of a value whose characters the output shows; absent = none. policies/fuzz.test.ts compares them with the
   * output: no other character may change it.
   */
  readonly copies?: (points: readonly string[], params: P) => readonly number[];
  /** other fields of the row that the mask reads */
  readonly reads?: (params: P) => readonly string[];
}

/** A mask of the catalogue; its parameters have been read by `readMaskRule`. */
export type MaskKind = TypedMask<Params>;

/** Erases the parameters' types: `readMaskRule`, which created them, guarantees them from here on. */
export function defineMask<const S extends ParamShape>(
  mask: TypedMask<ParamsOf<S>> & { readonly params: S },
): MaskKind {
  return mask as unknown as MaskKind;
}

export const noParams = {} as const;
export const textTypes = ['string'] as const;
export const scalarTypes = ['string', 'integer', 'number', 'boolean'] as const;
export const anyType = [...scalarTypes, 'object', 'array'] as const;

/** The other mask's parameters, when it is the same mask. */
export function sameMask<S extends ParamShape>(name: string, other: MaskUse): ParamsOf<S> | undefined {
  return other.name === name ? (other.params as ParamsOf<S>) : undefined;
}

export type { Params };
