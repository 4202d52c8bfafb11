/**
 * The members in which leaves of one form may differ, and how their bytes become values. A leaf with a value that is not read here is parsed
 * in full.
 */
import type { Leaf } from '../../../log/leaf.ts';
import { idForm } from '../../../log/parseLeaf.ts';
import { isMoment, maxTextLength, type FollowedLeaf } from './leaves.ts';
import type { Dimension } from '../../../log/entryQuestion.ts';
import { sha256 } from '../../../log/hash.ts';

export type Kind = 'text' | 'whole' | 'id' | 'time';

/** A member of a leaf that differs between leaves of one form. */
export interface Slot {
  readonly kind: Kind;
  readonly member: string;
  readonly inner: string | undefined;
  /** whether followers of the log read it */
  readonly isFollowed: boolean;
}

/** All such members. */
export const varying: readonly (readonly [kind: Kind, member: keyof Leaf, inner?: string])[] = [
  ['time', 'at'],
  ['id', 'id'],
  ['text', 'approval', 'number'],
  ['text', 'approval', 'sha256'],
  ['text', 'matter'],
  ['text', 'onBehalfOf'],
  ['text', 'private'],
  ['text', 'reply'],
  ['text', 'request'],
  ['whole', 'asked'],
  ['whole', 'rows', 'delivered'],
  ['whole', 'rows', 'withheld'],
  ['text', 'stream', 'id'],
  ['whole', 'stream', 'parts'],
  ['whole', 'stream', 'rows'],
  ['whole', 'stream', 'bytes'],
  ['text', 'subjects', 'commitment'],
  ['whole', 'subjects', 'count'],
];

/** Those in a followed leaf. */
const followedOnes: Readonly<Partial<Record<keyof FollowedLeaf, string>>> = {
  at: '',
  matter: '',
  onBehalfOf: '',
  rows: 'delivered',
  subjects: 'count',
};
export const isFollowed = (member: string, inner: string | undefined): boolean =>
  (followedOnes as Readonly<Record<string, string>>)[member] === (inner ?? '');

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Texts without escapes whose characters take one byte each. */
const plain = /^[ !#-[\]-~]*$/;
/** Characters that need an escape, or end the text. */
const escaped = /[\u0000-\u001f\\"]/;
const exactly = {
  id: new RegExp(`^${idForm}$`),
  /** as canonical JSON writes it; with more digits it may exceed the safe integers */
  whole: /^(?:0|[1-9]\d{0,14})$/,
};

/** The value of these bytes, undefined if only the full parser reads it. @param signs the bytes, one character per byte */
export function valueOf(kind: Kind, signs: string): string | number | undefined {
  if (kind !== 'text') {
    if (kind === 'time' ? !isMoment(signs) : !exactly[kind].test(signs)) return undefined;
    return kind === 'whole' ? Number(signs) : signs;
  }
  if (signs.length > maxTextLength) return undefined;
  if (plain.test(signs)) return signs;
  if (escaped.test(signs)) return undefined;
  try {
    return decoder.decode(Buffer.from(signs, 'latin1'));
  } catch {
    return undefined;
  }
}

/* Representation in the index of a value by which an entry is found. */

/** Dimensions whose values are stored as words, so that entries can be counted by them. */
export const counted = ['consumer', 'code', 'day'] as const satisfies readonly Dimension[];

export type Counted = (typeof counted)[number];

/** The term's number, as PostgreSQL's bigint takes it. */
export const termOf = (dimension: Dimension, value: string): string =>
  sha256(Buffer.from(`${dimension}\0${value}`))
    .readBigInt64BE(0)
    .toString();
