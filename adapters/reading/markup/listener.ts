import type { Attributes, Scope } from './scope.ts';

/** What is told of a document, in its order. */
export interface Listener {
  readonly start: (name: string, attributes: Attributes) => void;
  readonly text: (text: string) => void;
  readonly end: () => void;
  /** start, text and end of an element without attributes and children */
  readonly leaf: (name: string, text: string) => void;
  /**
   * Asked where an element begins: it may read on by itself, over whole elements and the white space behind each.
   * @returns where it stopped, at or behind `at`
   */
  readonly readAhead: (text: string, at: number, scope: Scope) => number;
}
