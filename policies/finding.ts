import { pointerTo } from '../schemas/jsonSchema.ts';
import type { Bilingual } from '../terms/bilingual.ts';

/** A fault in a policy document, or between two of them. Names, codes and positions only. */
export interface PolicyFinding {
  /** stable, lower_snake: `unknown_field`, `no_meet`, `duplicate_grant` */
  readonly code: string;
  /** error: the documents do not compile; warning: they do, but need review */
  readonly level: 'error' | 'warning';
  /** `agr-2026-0042@3`, or the file's name where the document has no id yet */
  readonly document: string;
  /** JSON pointer into the document */
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: Bilingual;
}

/** JSON pointer (RFC 6901) from its parts. */
export function pointer(...parts: readonly (string | number)[]): string {
  return parts.reduce<string>(pointerTo, '');
}
