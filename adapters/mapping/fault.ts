import type { Bilingual } from '../../terms/bilingual.ts';
import type { TextDamage } from './spreadsheetDamage.ts';

/**
 * Why a cell has no value. Created once when the mapping is compiled and returned in place of a value, so that the row path neither throws
 * nor allocates.
 */
export class Fault {
  readonly rule: string;
  readonly message: Bilingual;

  constructor(rule: string, zh: string, en: string) {
    this.rule = rule;
    this.message = { zh, en };
  }
}

/** A value that may differ from the intended one. Created only for a cell that is in doubt. */
export class Doubted {
  readonly value: unknown;
  readonly rule: TextDamage;

  constructor(value: unknown, rule: TextDamage) {
    this.value = value;
    this.rule = rule;
  }
}
