import type { Answering } from '../../gate/gate.ts';
import { ContractError } from './contract.ts';

/** @throws ContractError when an operation of the contract has nothing behind it: the boot fails */
export function answeringOf(operations: Readonly<Record<string, Answering>>, operationId: string): Answering {
  const answering = operations[operationId];
  if (answering === undefined) throw new ContractError(`no handler for ${operationId}`);
  return answering;
}
