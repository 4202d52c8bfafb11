/** A city-wide floor: it can only tighten what agreements grant. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Limits, MaskRule, Requirement } from './agreement.ts';
import type { StoredDocument } from './storedText.ts';

export interface Restriction extends StoredDocument {
  readonly kind: 'Restriction';
  readonly title?: Bilingual;
  /** what it bites on: members are ANDed, the values of one member are ORed */
  readonly when: RestrictionScope;
  /** the mask at least; meets the grant's own */
  readonly floor?: MaskRule;
  /** added to what the grant requires, where one of its fields is in scope */
  readonly requires?: readonly Requirement[];
  /** at most; the smaller of this and the grant's */
  readonly limits?: Limits;
}

export interface RestrictionScope {
  /** x-semantic of the field: `cn.resident-id` */
  readonly semantic?: readonly string[];
  readonly sensitivity?: readonly string[];
  readonly personal?: readonly string[];
  /** x-class: core, important, general */
  readonly classification?: readonly string[];
  readonly dataset?: readonly string[];
  /** names of fields, for what no tag describes */
  readonly field?: readonly string[];
  /** purposes at or under one of these */
  readonly purposeUnder?: readonly string[];
  /** purposes at or under none of these */
  readonly purposeNotUnder?: readonly string[];
}
