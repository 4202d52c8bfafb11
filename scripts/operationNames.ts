/** The summaries of every operation of openapi.yaml in both languages: pages name an operation by them. */

interface Item {
  readonly operationId?: string;
  readonly summary?: string;
  readonly 'x-summary-zh'?: string;
}

/** Text of `api/operationNames.ts`. @param document openapi.yaml, parsed */
export function operationNames(document: unknown): string {
  const { paths } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Item>>>>;
  };
  const lines = Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap(({ operationId, summary = '', 'x-summary-zh': zh = summary }) =>
      operationId === undefined ? [] : [`  ${operationId}: ${JSON.stringify({ zh, en: summary })},`],
    ),
  );
  return `/** Generated from openapi.yaml by \`npm run generate\`: the summary of every operation. */
import type { Bilingual } from '../terms/bilingual.ts';

export const operationNames: Readonly<Record<string, Bilingual>> = {
${lines.join('\n')}
};
`;
}
