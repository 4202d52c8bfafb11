import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstAgreement } from './firstAgreement.ts';

test('a reason is given for each granted field that has one, and for no other', () => {
  const answers = {
    ...{ dataset: 'transport.stops', schema: 'stops@1', consumer: 'education', purpose: 'statistics' },
    ...{ reference: '统计法', clause: '', filterBy: [], lookupBy: [], id: '', title: '' },
    ...{ from: '2026-01-01T00:00:00+08:00', until: '2026-12-31' },
    fields: { name: { mask: 'clear' }, line: { mask: 'clear' } },
  };
  const title = { zh: '站点', en: 'Stops' };
  const granted = (reasons?: Readonly<Record<string, string>>): unknown =>
    firstAgreement(reasons === undefined ? answers : { ...answers, reasons }, title).grants[0]?.['reasons'];
  assert.equal(granted(), undefined);
  assert.equal(granted({ name: ' ', gone: '已不选' }), undefined);
  assert.deepEqual(granted({ name: ' 核对站名 ', line: '按线路统计', gone: '已不选' }), {
    name: '核对站名',
    line: '按线路统计',
  });
});
