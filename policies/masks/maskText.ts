import type { MaskUse } from '../decision.ts';
import { scopeText } from './pseudonyms/scopes.ts';

/** `idCard(head=6, tail=0)`, `clear`: a mask with its parameters, for people. */
export function maskText({ name, params, scope }: MaskUse): string {
  const parts = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([word, value]) => `${word}=${Array.isArray(value) ? value.join('+') : String(value)}`);
  if (scope !== undefined) parts.push(scopeText(scope));
  return parts.length === 0 ? name : `${name}(${parts.join(', ')})`;
}
