/** What the contract promises to answer: tests hold every reply they get against it. */
import type { ValidateFunction } from 'ajv';
import { contractAjv } from '../hub/platform/http/contract/contractBackend.ts';
import { readContract, type JsonObject } from '../hub/platform/http/contract/contract.ts';

const ajv = contractAjv(false);
const compiled = new Map<string, ValidateFunction | undefined>();
const { document, operations } = readContract();

/**
 * What is wrong with a reply; '' when it is as declared.
 * @param body the parsed JSON
 */
export function answerFault(operationId: string, status: number, body: unknown): string {
  const check = validatorOf(operationId, status);
  if (check === undefined) return `${operationId} declares no JSON answer ${status}`;
  return check(body) ? '' : `${operationId} ${status}: ${ajv.errorsText(check.errors)}`;
}

function validatorOf(operationId: string, status: number): ValidateFunction | undefined {
  const name = `${operationId} ${status}`;
  if (!compiled.has(name)) compiled.set(name, compile(operationId, status));
  return compiled.get(name);
}

function compile(operationId: string, status: number): ValidateFunction | undefined {
  const operation = operations.find((one) => one.operationId === operationId);
  if (operation === undefined) return undefined;
  const item = (document['paths'] as Record<string, JsonObject>)[operation.path];
  const declared = (item?.[operation.method.toLowerCase()] as JsonObject)['responses'] as JsonObject;
  const response = (declared[String(status)] ?? declared['default']) as JsonObject;
  const content = response['content'] as Record<string, JsonObject> | undefined;
  const schema = (content?.['application/json'] ?? content?.['application/problem+json'])?.['schema'];
  return schema === undefined ? undefined : ajv.compile(schema as JsonObject);
}

/** The operation of a path as it was called: `/v1/datasets/a.b/query`. */
export function operationAt(method: string, path: string): string {
  const wanted = path.split('?', 1)[0]?.split('/') ?? [];
  const found = operations.find((operation) => {
    const template = operation.path.split('/');
    return (
      operation.method === method &&
      template.length === wanted.length &&
      template.every((part, index) => part.startsWith('{') || part === wanted[index])
    );
  });
  return found?.operationId ?? '';
}
