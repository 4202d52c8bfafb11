import type { Bilingual } from '../../terms/bilingual.ts';

/** A schema that cannot be compared at all: it is malformed, or it leads nowhere. */
export class SchemaFault extends Error {
  readonly code: 'schema_malformed' | 'ref_unresolved' | 'ref_cycle' | 'too_deep' | 'draft_unknown';
  readonly pointer: string;
  readonly text: Bilingual;

  constructor(code: SchemaFault['code'], pointer: string, text: Bilingual) {
    super(text.en);
    this.name = 'SchemaFault';
    this.code = code;
    this.pointer = pointer;
    this.text = text;
  }
}

/** The proof took more steps than it may. Caught by the entry points, which refuse with a sentence. */
export class TooComplex extends Error {}

/** It took longer by the clock than it may: another time, on a machine that is less busy, it may well end. */
export class OutOfTime extends TooComplex {}
