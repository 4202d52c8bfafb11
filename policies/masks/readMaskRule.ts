import type { Bilingual } from '../../terms/bilingual.ts';
import type { MaskUse } from '../decision.ts';
import { maskNamed } from './catalogue.ts';
import type { MaskKind } from './mask.ts';
import { readParams } from './params.ts';

export type ReadMaskRule =
  | { readonly mask: MaskKind; readonly use: MaskUse }
  | { readonly code: string; readonly at: string; readonly message: Bilingual };

/** Reads a masking rule of a document: returns the mask and its parameters with defaults, or what is wrong with it. */
export function readMaskRule(rule: {
  readonly mask: string;
  readonly [param: string]: unknown;
}): ReadMaskRule {
  const { mask: name, ...given } = rule;
  const mask = maskNamed(name);
  if (mask === undefined) {
    return {
      code: 'unknown_mask',
      at: '/mask',
      message: { zh: `没有名为“${name}”的脱敏算法`, en: `there is no mask named "${name}"` },
    };
  }
  const read = readParams(mask.params, given);
  if (!('params' in read)) return read;
  const wrong = mask.checkParams?.(read.params);
  if (wrong !== undefined) return { code: 'wrong_param', at: '', message: wrong };
  return { mask, use: { name, params: read.params } };
}
