/** Method and path of every operation that is called with a signature, so that the operation of a stored request can be identified. */

interface Item {
  readonly operationId?: string;
  readonly 'x-listener'?: string | readonly string[];
  readonly 'x-own-machine'?: boolean;
}

/** Text of `api/signedOperations.ts`. @param document openapi.yaml, parsed */
export function signedOperations(document: unknown): string {
  const { paths } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Item>>>>;
  };
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
