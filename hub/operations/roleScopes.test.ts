/** The scopes that openapi.yaml states are those of the table of who may do what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { cellOf, holders, type Role } from '../domain/permissions.ts';
import type { StaffOperationId } from '../pipeline/contract.ts';
import { readContract } from '../platform/http/contract/contract.ts';
import { staffOperations } from './staffOperations.ts';

const { operations } = readContract();

/** The roles that may do an operation for any department. */
function rolesFor(operation: StaffOperationId): readonly Role[] {
  const able = holders.filter((holder) =>
    cellOf(staffOperations[operation].permission, holder).some((verdict) => verdict !== 'refuse'),
  );
  return [...new Set(able.map((holder) => holder.replace('office ', '') as Role))];
}

test('openapi.yaml names the roles that the table lets through', () => {
  const onStaff = operations.filter(
    ({ listeners, security }) => listeners.includes('staff') && security.length > 0,
  );
  for (const { operationId, scopes } of nonEmpty(onStaff)) {
    assert.deepEqual([...scopes].sort(), [...rolesFor(operationId as StaffOperationId)].sort(), operationId);
  }
});
