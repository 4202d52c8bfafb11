import { lintSchema } from '../../schemas/lint/lintSchema.ts';
import { sharedDocument, sharedDocumentByShortName, sharedNames } from '../../schemas/shared/documents.ts';
import type { Step } from './step.ts';

export const schemaLint: Step = {
  name: 'shared schemas',
  run: () =>
    Promise.resolve(
      sharedNames.flatMap((name) =>
        lintSchema(sharedDocumentByShortName(name), sharedDocument).map(
          (finding) => `${name}${finding.path}: ${finding.message.en} (${finding.code})`,
        ),
      ),
    ),
};
