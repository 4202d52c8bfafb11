import type { Bilingual } from '../terms/bilingual.ts';

/** One thing wrong with a schema: a stable code, where, what is wrong and how to mend it. */
export interface Finding {
  readonly code: string;
  /** JSON pointer into the schema document */
  readonly path: string;
  readonly message: Bilingual;
  readonly mend: Bilingual;
}
