/** The checks that listeners make of requests, by operationId. */
import { contractBackends } from '../hub/platform/http/contract/contractBackend.ts';
import { listeners, operationsOf, readContract } from '../hub/platform/http/contract/contract.ts';
import { requestChecks, type RequestChecks } from '../hub/platform/http/contract/requestChecks.ts';

export async function checksByOperation(): Promise<ReadonlyMap<string, RequestChecks>> {
  const contract = readContract();
  const checks = new Map<string, RequestChecks>();
  for (const listener of listeners) {
    const operations = operationsOf(contract, listener);
    const unused = Object.fromEntries(operations.map(({ operationId }) => [operationId, () => undefined]));
    const backends = await contractBackends(contract, listener, unused);
    for (const operation of operations) {
      const backend = backends.get(operation.path);
      if (backend !== undefined)
        checks.set(operation.operationId, requestChecks(operation, backend.validator));
    }
  }
  return checks;
}
