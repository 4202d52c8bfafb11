import assert from 'node:assert/strict';
import type { TestDatabase } from './database.ts';
import type { TestHub } from './hub.ts';
import { validTerm } from './newYear.ts';

interface Made {
  readonly hub: TestHub;
  readonly database: TestDatabase;
  /** tokens of two stewards of education */
  readonly consumer: string;
  readonly second: string;
}

/**
 * A request of Education for households that waits for Public Security.
 * @param name of its agreement @param days since it was passed on
 * @returns its id
 */
export async function waitingRequest(
  { hub, database, consumer, second }: Made,
  name: string,
  days: number,
): Promise<string> {
  const { status, json } = await hub.staff(consumer, 'POST', '/v1/requests', {
    document: {
      kind: 'Agreement',
      id: `agr-${name}`,
      version: 1,
      provider: 'pub-security',
      consumer: 'education',
      purposes: ['school-enrolment'],
      basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
      valid: validTerm,
      grants: [
        {
          dataset: 'pub-security.household',
          schema: 'household@1',
          lookupBy: ['person_id'],
          fields: { name: { mask: 'clear' } },
        },
      ],
    },
    papers: { reason: '核验入学资格', commitment: 'a'.repeat(64) },
  });
  assert.equal(status, 201, JSON.stringify(json));
  const id = String(json['id']);
  const passed = await hub.staff(second, 'POST', `/v1/requests/${id}/acts`, { act: 'pass' });
  assert.equal(passed.status, 200, JSON.stringify(passed.json));
  if (days > 0)
    await database.owner.query(
      'UPDATE request_event SET at = at - make_interval(days => $2) WHERE request = $1',
      [id, days],
    );
  return id;
}
