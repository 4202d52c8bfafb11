import type { CodeLists } from '../codelists/codeLists.ts';
import type { JsonSchema } from '../datasetSchema.ts';
import type { Finding } from '../finding.ts';
import { newReport } from './report.ts';
import { checkCodes } from './semantics.ts';
import { walkSchema } from './walk.ts';

/** What a schema that passed lint would be told of other code lists: a list may change after the schema did. */
export function lintCodes(document: JsonSchema, codeLists: CodeLists): readonly Finding[] {
  const { findings, report } = newReport();
  for (const place of walkSchema(document)) checkCodes(place, codeLists, report);
  return findings;
}
