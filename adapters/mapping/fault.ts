import type { Bilingual } from '../../terms/bilingual.ts';

/**
 * Why a cell has no value. Made once when the mapping is compiled and returned in place of a value, so that the row path
 * neither throws nor allocates.
 */
export class Fault {
  readonly rule: string;
  readonly message: Bilingual;

  constructor(rule: string, zh: string, en: string) {
    this.rule = rule;
    this.message = { zh, en };
  }
}
