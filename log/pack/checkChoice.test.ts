import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChoice } from './checkChoice.ts';
import type { EvidenceFile } from './evidenceFile.ts';

/** Findings of evidence whose entry is not in the pack. */
const codesOf = (question: object): string[] =>
  checkChoice({ size: 9, chosen: [3], attempts: [3], question } as unknown as EvidenceFile, []).findings.map(
    ({ code }) => code,
  );

test('evidence that is not about a person names no attempts', () => {
  assert.deepEqual(codesOf({ subject: { dataset: 'a.b', tokens: [] } }), ['evidence_incomplete']);
  assert.deepEqual(codesOf({}), ['evidence_incomplete', 'evidence_choice']);
});
