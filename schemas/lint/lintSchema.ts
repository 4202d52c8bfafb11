/** The lint profile: what a schema must be like before the validator sees it. Pure and bounded; compilation is tried in guardedLint.ts. */
import type { JsonSchema } from '../datasetSchema.ts';
import type { Finding } from '../finding.ts';
import { patternSafety } from '../patterns/patternSafety.ts';
import { withReferences } from '../references.ts';
import { bareSurroundings, type Surroundings } from '../surroundings.ts';
import { checkBounds, checkTexts } from './bounds.ts';
import { checkIdleKeywords } from './idleKeywords.ts';
import { checkKeywords } from './keywords.ts';
import { checkMeasure } from './measure.ts';
import { checkNames, checkVisible } from './names.ts';
import { checkObjects } from './objects.ts';
import { limits } from './profile.ts';
import { checkReferences } from './references.ts';
import { newReport } from './report.ts';
import { checkRoot } from './root.ts';
import { checkCodes, checkKeys, checkTags } from './semantics.ts';
import { checkOwnValues, checkStandardValues } from './values.ts';
import { walkSchema, type Place } from './walk.ts';

/**
 * Every finding of the profile, at most 200; empty when the schema may be registered.
 * @param surroundings other documents for `$ref`, code lists for `x-code`
 */
export function lintSchema(document: unknown, surroundings: Surroundings = bareSurroundings): Finding[] {
  const { resolve, codeLists } = surroundings;
  const { findings, report } = newReport();
  if (!checkMeasure(document, report)) return findings;
  const places: Place[] = [];
  for (const place of walkSchema(document, (pointer) => report('too_deep', pointer))) places.push(place);
  if (places.length > limits.nodes) report('too_many_nodes', '', { count: places.length });
  if (findings.length > 0) return findings;
  for (const place of places) {
    checkKeywords(place, report);
    checkStandardValues(place, report);
    checkOwnValues(place, report);
  }
  const isSafe = patternSafety();
  checkReferences(document, places, resolve, report);
  const resolved = (field: JsonSchema): JsonSchema => withReferences(field, document, resolve);
  checkRoot(document, resolved, report);
  checkKeys(document, resolve, report);
  for (const place of places) {
    checkNames(place, report);
    checkVisible(place, report);
    checkObjects(place, report);
    checkIdleKeywords(place, report);
    checkBounds(place, report);
    checkTexts(place, isSafe, report);
    checkTags(place, report);
    checkCodes(place, codeLists, report);
  }
  return findings;
}
