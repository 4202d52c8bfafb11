/** The lint profile: what a schema must be like before the validator sees it. Pure and bounded; compilation is tried in guardedLint.ts. */
import type { JsonSchema } from '../datasetSchema.ts';
import type { Finding } from '../finding.ts';
import { withReferences, type Resolve } from '../references.ts';
import { checkBounds, checkTexts } from './bounds.ts';
import { checkKeywords } from './keywords.ts';
import { checkMeasure } from './measure.ts';
import { checkNames } from './names.ts';
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
 * @param resolve gives the documents of other schema versions by URN, for `$ref`
 */
export function lintSchema(document: unknown, resolve: Resolve = () => undefined): Finding[] {
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
  checkReferences(document, places, resolve, report);
  const resolved = (field: JsonSchema): JsonSchema => withReferences(field, document, resolve);
  checkRoot(document, resolved, report);
  checkKeys(document, resolved, report);
  for (const place of places) {
    checkNames(place, report);
    checkObjects(place, report);
    checkBounds(place, report);
    checkTexts(place, report);
    checkTags(place, report);
    checkCodes(place, report);
  }
  return findings;
}
