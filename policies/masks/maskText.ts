import type { MaskUse } from '../decision.ts';

/** `idCard(head=6, tail=0)`, `clear`: a mask with its parameters, for people. */
export function maskText({ name, params }: MaskUse): string {
  const parts = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([word, value]) => `${word}=${Array.isArray(value) ? value.join('+') : String(value)}`);
  return parts.length === 0 ? name : `${name}(${parts.join(', ')})`;
}
