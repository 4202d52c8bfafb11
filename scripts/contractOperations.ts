/** Where every operation of openapi.yaml answers and by which security, as a constant that types can be derived from. */

interface Item {
  readonly operationId?: string;
  readonly 'x-listener'?: string | readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

/** Text of `api/contractOperations.ts`. @param document openapi.yaml, parsed */
export function contractOperations(document: unknown): string {
  const { paths } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Item>>>>;
  };
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
