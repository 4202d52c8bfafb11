import { canonicalText } from '../canonicalText.ts';
import { limits } from './profile.ts';
import type { Report } from './report.ts';

/** First of all, without recursion: is the document an object of bearable depth and size? @returns whether the other checks may run */
export function checkMeasure(
  document: unknown,
  report: Report,
): document is Readonly<Record<string, unknown>> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    report('not_an_object', '');
    return false;
  }
  if (isTooDeep(document)) {
    report('too_deep', '');
    return false;
  }
  const size = Buffer.byteLength(canonicalText(document));
  if (size > limits.bytes) report('too_large', '', { size });
  return size <= limits.bytes;
}

/** A sub-schema takes at most two levels of JSON (`properties`, name), and values in it a few more. */
const deepestJson = limits.depth * 2 + 16;

function isTooDeep(document: object): boolean {
  let level: object[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestJson) return true;
    const next: object[] = [];
    for (const value of level) {
      for (const child of Object.values(value) as unknown[])
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}
