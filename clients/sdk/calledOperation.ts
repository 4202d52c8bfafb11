import { ownMachineOperations, signedOperations } from '../../api/signedOperations.ts';
import type { CalledOperation } from '../../log/receipt/verifyExchange.ts';

const isParameter = (name: string): boolean => name.startsWith('{');

/** A fixed segment wins over a parameter, as it does at the hub. */
const templates = signedOperations
  .map(([method, path, operation]) => ({ method, names: path.split('/'), operation }))
  .sort((a, b) => a.names.filter(isParameter).length - b.names.filter(isParameter).length);

/** What a signed request of this method and path (without query) calls; undefined for an address the contract does not know. */
export function calledOperation(method: string, path: string): CalledOperation | undefined {
  const segments = path.split('/');
  const found = templates.find(
    ({ method: wanted, names }) =>
      wanted === method &&
      names.length === segments.length &&
      names.every((name, at) => (isParameter(name) ? segments[at] !== '' : name === segments[at])),
  );
  if (found === undefined) return undefined;
  const dataset = segments[found.names.indexOf('{dataset}')];
  return { operation: found.operation, ...(dataset === undefined ? {} : { dataset }) };
}

/** Whether only the machine that holds the keys calls it, and no application in its name: renewals, the connector. */
export const isOwnMachine = (method: string, path: string): boolean =>
  ownMachineOperations.includes(calledOperation(method, path)?.operation ?? '');
