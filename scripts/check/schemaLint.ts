import { lintSchema } from '../../schemas/lint/lintSchema.ts';
import { sharedDocumentByShortName, sharedNames } from '../../machine/shippedSchemas.ts';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import type { Step } from './step.ts';

export const schemaLint: Step = {
  name: 'shared schemas',
  run: () =>
    Promise.resolve(
      sharedNames.flatMap((name) =>
        lintSchema(sharedDocumentByShortName(name), shippedSurroundings).map(
          (finding) => `${name}${finding.path}: ${finding.message.en} (${finding.code})`,
        ),
      ),
    ),
};
