import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointer } from '../finding.ts';
import type { Plan } from '../plans/plan.ts';
import { algorithmsExist } from './grants.ts';

test('a pseudonym by a digest that the cryptographic library lacks is a warning at its field', () => {
  const pseudonym = (algorithm: string) => ({
    field: 'person_id',
    mask: { name: 'pseudonym', params: { algorithm } },
  });
  const reported = (algorithm: string): string[] => {
    const warnings: string[] = [];
    const plan = { whole: { fields: [pseudonym(algorithm)] } } as unknown as Pick<Plan, 'whole'>;
    const report = { warning: (code: string, at: string) => void warnings.push(`${code} ${at}`) };
    algorithmsExist(plan, report, (...parts) => pointer(...parts), new Set(['sha256']));
    return warnings;
  };
  assert.deepEqual(reported('sm3'), ['algorithm_unavailable /fields/person_id']);
  assert.deepEqual(reported('sha256'), []);
});
