import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { sharedDocument, sharedDocumentByShortName, sharedNames } from '../../../schemas/shared/documents.ts';
import { readJsonFile, referenceFiles } from './files.ts';

/** Documents by URN: the files given by --with, then the shipped schemas. */
export function sharedOr(paths: readonly string[]): (urn: string) => JsonSchema | undefined {
  const own = referenceFiles(paths);
  return (urn) => own(urn) ?? sharedDocument(urn);
}

/** A schema document by the short name of a shipped one (`household@1`) or from a file. */
export function readSchemaArgument(argument: string): unknown {
  return (sharedNames as readonly string[]).includes(argument)
    ? sharedDocumentByShortName(argument)
    : readJsonFile(argument);
}
