/** Evidence is taken in pieces that people can verify: of more nothing is begun. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvidenceRow } from '../../../log/store/evidence.ts';
import type { Services } from '../../common/services.ts';
import { makeEvidence } from './makeEvidence.ts';

const row = (question: object, size: number): EvidenceRow => ({
  id: 'e',
  question: JSON.stringify(question),
  tokens: null,
  attempts: null,
  reason: 'r',
  caseNumber: 'c',
  size,
  askedBy: 'a',
  askedAt: 0,
  state: 'released',
  answeredBy: 'b',
  subjects: null,
});
/** no entry is read before it is known that they are not too many */
const untouched = { database: {} } as Services;

test('a log or a range of more than a hundred thousand entries is refused before any is read', async () => {
  for (const [question, size] of [
    [{ whole: true }, 100_001],
    [{ first: 0, last: 100_000 }, 1_000_000],
    [{ first: 5 }, 100_006],
  ] as const) {
    const refused = { code: 'evidence_too_large', facts: { entries: 100_001, most: 100_000 } };
    await assert.rejects(makeEvidence(untouched, row(question, size)), refused);
  }
  // one less is read
  await assert.rejects(makeEvidence(untouched, row({ whole: true }, 100_000)), TypeError);
});
