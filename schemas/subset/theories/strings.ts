/** Texts: lengths, patterns and formats. A pattern or format is implied by itself; lengths follow from both where they are known. */
import { codeListIdOf } from '../../codelists/codeLists.ts';
import type { CodeAtom } from '../node.ts';
import { lengthsOf, isAnchored } from '../../patterns/measurePattern.ts';
import { parsePattern } from '../../patterns/parsePattern.ts';
import type { Facts } from '../facts.ts';
import { formatLengths } from '../formatFacts.ts';
import { rulesOut } from './finite.ts';
import { sizeRange } from './sizes.ts';
import type { Theory } from './theory.ts';

export const noString: Theory = (facts, context) => {
  const { min, max } = lengthRange(facts);
  if (min > max) return true;
  if (max === 0) return rulesOut('', facts, context);
  if (facts.atoms('pattern', false).some(({ source }) => matchesAll(source))) return true;
  return facts.atoms('code', true).some(({ code }) => {
    const denied = facts.atoms('code', false);
    if (denied.some((other) => followsFrom(code, other.code))) return true;
    const entries = context.node.codeLists.list(codeListIdOf(code.list), code.version)?.entries;
    return (
      entries !== undefined &&
      entries.length <= 20_000 &&
      closedList(code) &&
      entries.every((entry) => rulesOut(entry.code, facts, context))
    );
  });
};

/** The same list and version; a date in a sibling only removes codes. */
function followsFrom(code: CodeAtom, other: CodeAtom): boolean {
  return (
    code.list === other.list &&
    code.version === other.version &&
    (other.at === undefined || other.at === code.at)
  );
}

/** Only a list named with its version is immutable. */
function closedList(code: CodeAtom): boolean {
  return code.version !== undefined;
}

function lengthRange(facts: Facts): { min: number; max: number } {
  let { min, max } = sizeRange(facts);
  for (const { name } of facts.atoms('format', true)) {
    const known = formatLengths[name];
    if (known === undefined) continue;
    min = Math.max(min, known[0]);
    max = Math.min(max, known[1]);
  }
  for (const { source } of facts.atoms('pattern', true)) {
    const node = parsePattern(source);
    if (node === undefined || !isAnchored(node)) continue;
    const lengths = lengthsOf(node);
    min = Math.max(min, lengths.min);
    max = Math.min(max, lengths.max);
  }
  return { min, max };
}

/** Patterns without anchors that match the empty text match every text. */
function matchesAll(source: string): boolean {
  if (source.includes('^') || source.includes('$')) return false;
  const node = parsePattern(source);
  return node !== undefined && lengthsOf(node).min === 0;
}
