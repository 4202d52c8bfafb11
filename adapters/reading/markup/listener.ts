import type { Attributes, Scope } from './scope.ts';

/** Receives the contents of a document, in order. */
export interface Listener {
  readonly start: (name: string, attributes: Attributes) => void;
  readonly text: (text: string) => void;
  readonly end: () => void;
  /** start, text and end of an element without attributes and children */
  readonly leaf: (name: string, text: string) => void;
  /**
   * Called where an element begins: it may continue reading by itself, over whole elements and the white space after each.
   * @returns where it stopped, at or after `at`
   */
  readonly readAhead: (text: string, at: number, scope: Scope) => number;
}
