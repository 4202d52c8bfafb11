import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';

/** A part of a valid request that cannot be with the others. @param at pointer, such as `/body/since` @param rule name of the finding */
export const refusedPart = (at: string, rule: string, message: Bilingual): Problem =>
  new Problem('invalid_request', {}, { at, findings: [{ pointer: at, rule, message }] });
