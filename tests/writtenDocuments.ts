import { documentsIn, type AppliedDocument } from '../clients/cli/apply/readDocuments.ts';

/** Documents as `datong catalogue apply` reads them from a file: a JSON text is YAML. */
export const writtenDocuments = (documents: readonly object[]): readonly AppliedDocument[] =>
  documentsIn({
    file: 'documents.yaml',
    text: documents.map((one) => JSON.stringify(one)).join('\n---\n'),
  });
