import type { Facts } from '../facts.ts';

/** The interval that `longer` and `shorter` allow: for characters, items or members. */
export function sizeRange(facts: Facts): { min: number; max: number } {
  let min = 0;
  let max = Infinity;
  for (const { than } of facts.atoms('longer', true)) min = Math.max(min, than + 1);
  for (const { than } of facts.atoms('shorter', true)) max = Math.min(max, than - 1);
  return { min, max };
}
