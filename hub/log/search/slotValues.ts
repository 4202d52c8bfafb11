/** What may stand where leaves that are alike differ, and where: a value that is read otherwise than these is read with its whole leaf. */
import type { Leaf } from '../../../log/leaf.ts';
import { idForm } from '../../../log/parseLeaf.ts';
import { isMoment, maxTextLength, type FollowedLeaf } from './leaves.ts';
import type { Dimension } from '../../../log/entryQuestion.ts';
import { sha256 } from '../../../log/hash.ts';

export type Kind = 'text' | 'whole' | 'id' | 'time';

/** A place of a leaf at which one differs from the next. */
export interface Slot {
  readonly kind: Kind;
  readonly member: string;
  readonly inner: string | undefined;
  /** whether those who follow the log read it */
  readonly isFollowed: boolean;
}

/** All such places. */
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

/** Those that a followed leaf has. */
const followedOnes: Readonly<Partial<Record<keyof FollowedLeaf, string>>> = {
  ...{ at: '', matter: '', onBehalfOf: '', rows: 'delivered', subjects: 'count' },
};
export const isFollowed = (member: string, inner: string | undefined): boolean =>
  (followedOnes as Readonly<Record<string, string>>)[member] === (inner ?? '');

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** What needs neither an escape nor more than a byte a sign. */
const plain = /^[ !#-[\]-~]*$/;
/** Needs an escape, or ends the text. */
const escaped = /[\u0000-\u001f\\"]/;
const exactly = {
  id: new RegExp(`^${idForm}$`),
  /** as canonical JSON writes it; of more digits it may not be a safe one */
  whole: /^(?:0|[1-9]\d{0,14})$/,
};

/** The value of these bytes, undefined for what only the long way reads. @param signs the bytes, a sign each */
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

/* How a value that an entry is found by stands in the index. */

/** Those whose values are kept as words, so that counts can be made by them. */
export const counted = ['consumer', 'code', 'day'] as const satisfies readonly Dimension[];

export type Counted = (typeof counted)[number];

/** The term's number, as PostgreSQL's bigint takes it. */
export const termOf = (dimension: Dimension, value: string): string =>
  sha256(Buffer.from(`${dimension}\0${value}`))
    .readBigInt64BE(0)
    .toString();
