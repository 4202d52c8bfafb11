import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseFormFault, caseFormsOverlap, caseNumberTest } from './caseNumber.ts';

test('a case number has a form, whole and in NFC', () => {
  const fits = caseNumberTest(['RX-####-######', '京教〔####〕*号', 'A@.#']);
  for (const text of ['RX-2026-000451', '京教〔2026〕1号', '京教〔2026〕12345678号', 'AB.1'])
    assert.ok(fits(text), text);
  for (const text of ['RX-2026-00045', 'RX-2026-000451 ', 'rx-2026-000451', '京教〔2026〕号', 'ABx1', ''])
    assert.ok(!fits(text), text);
  assert.ok(caseNumberTest(['\u9580#'])('\u95801'));
  assert.ok(caseNumberTest(['(#)+'.slice(0, 3)])('(1)'));
});

test('no form permits an identity number, or is free throughout', () => {
  assert.equal(caseFormFault('#################@'), 'nothing_fixed');
  assert.equal(caseFormFault('-*@*'), 'too_free');
  assert.equal(caseFormFault('X-##############1'), 'too_free');
  assert.equal(caseFormFault('A-*#'), 'ambiguous');
  assert.equal(caseFormFault('RX-####-######'), undefined);
});

test('forms that one number could have are found, whatever signs say it', () => {
  assert.ok(caseFormsOverlap('RX-####', 'RX-*'));
  assert.ok(caseFormsOverlap('@X-1', 'R@-#'));
  assert.ok(caseFormsOverlap('A*-*', 'A12-3'));
  assert.ok(!caseFormsOverlap('RX-####', 'RX-###'));
  assert.ok(!caseFormsOverlap('RX-*', 'ZX-*'));
  assert.ok(!caseFormsOverlap('A@', 'A#'));
});

test('a long text is answered at once', () => {
  const fits = caseNumberTest(['1-*-*-*-*-*-*-*-*-2']);
  assert.ok(!fits(`1-${'1234567-'.repeat(5000)}`));
});
