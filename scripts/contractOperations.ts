/** Constants about every operation of openapi.yaml that the hub, its clients and the console derive from it. */

interface Item {
  readonly operationId?: string;
  readonly summary?: string;
  readonly 'x-summary-zh'?: string;
  readonly 'x-listener'?: string | readonly string[];
  readonly 'x-own-machine'?: boolean;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Item>>>>;
}

/**
 * Text of `api/contractOperations.ts`: where every operation answers and by which security, as a constant that types can be derived from.
 * @param document openapi.yaml, parsed
 */
export function contractOperations(document: unknown): string {
  const { paths } = document as Contract;
  const lines = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { operationId, security = [], ...operation }]) =>
      operationId === undefined
        ? []
        : [
            `  ${operationId}: ${JSON.stringify({
              method: method.toUpperCase(),
              path,
              listeners: [operation['x-listener'] ?? []].flat(),
              security: security.flatMap((scheme) => Object.keys(scheme)),
            })},`,
          ],
    ),
  );
  return `/** Generated from openapi.yaml by \`npm run generate\`: method, path template, listeners and security schemes of every operation. */
export const contractOperations = {
${lines.join('\n')}
} as const;
`;
}

/**
 * Text of `api/signedOperations.ts`: method and path of every operation that is called with a signature, so that the operation of
 * a stored request can be identified.
 * @param document openapi.yaml, parsed
 */
export function signedOperations(document: unknown): string {
  const { paths } = document as Contract;
  const lines = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      [operation['x-listener'] ?? []].flat().includes('exchange')
        ? [
            `  [${JSON.stringify(method.toUpperCase())}, ${JSON.stringify(path)}, ${JSON.stringify(operation.operationId)}],`,
          ]
        : [],
    ),
  );
  const own = Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap(({ operationId, 'x-own-machine': only }) =>
      only === true && operationId !== undefined ? [operationId] : [],
    ),
  );
  return `/** Generated from openapi.yaml by \`npm run generate\`: [method, path template, operationId] of what answers on the exchange listener. */
export const signedOperations: readonly (readonly [method: string, path: string, operationId: string])[] = [
${lines.join('\n')}
];

/** What only the machine that holds the keys calls, no application in its name: \`x-own-machine\`. */
export const ownMachineOperations: readonly string[] = ${JSON.stringify(own)};
`;
}

/**
 * Text of `api/operationNames.ts`: the summaries of every operation in both languages: pages name an operation by them.
 * @param document openapi.yaml, parsed
 */
export function operationNames(document: unknown): string {
  const { paths } = document as Contract;
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
