/** The grants that forms of a request send, and the values that a template fills in. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreementOf, beginAsking, typedFrom, withoutTemplate } from './agreementOf.ts';
import { changedGrants, grantsWith, type Wanted } from './wanted.ts';

const clear = { mask: 'clear' };
const dataset = 'pub-security.household';
const wanted: Wanted = {
  id: 'agr-a',
  version: 1,
  provider: 'pub-security',
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '义务教育法' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset,
      fields: { name: { mask: 'idCard', head: 6, tail: 0 }, region_code: clear },
      reasons: { name: 'to compare ', region_code: 'to find the district' },
      schema: 'household@1',
    },
  ],
};

describe('a supplement', () => {
  const [{ fields, reasons = {} }] = wanted.grants as [Wanted['grants'][number]];

  test('of papers alone sends no grants, in whatever order the fields were chosen', () => {
    assert.equal(changedGrants(wanted, [fields], [reasons]), undefined);
    const { name, region_code } = reasons;
    const other = { region_code: clear, name: { tail: 0, head: 6, mask: 'idCard' } };
    assert.equal(
      changedGrants(wanted, [other], [{ region_code: region_code ?? '', name: name ?? '' }]),
      undefined,
    );
    const bare = { ...wanted, grants: wanted.grants.map(({ reasons: _none, ...grant }) => grant) };
    assert.equal(changedGrants(bare, [fields], [{}]), undefined);
  });

  test('of another field, mask or reason sends all grants', () => {
    const fewer = changedGrants(wanted, [{ region_code: clear }], [reasons]);
    assert.deepEqual(fewer?.[0]?.reasons, { region_code: 'to find the district' });
    assert.ok(changedGrants(wanted, [{ ...fields, name: clear }], [reasons]));
    const reasoned = changedGrants(wanted, [fields], [{ ...reasons, region_code: ' school ' }]);
    assert.deepEqual(reasoned?.[0]?.reasons, { name: 'to compare ', region_code: 'school' });
  });
});

test('an offer repeats the reasons of the request to the letter', () => {
  assert.deepEqual(grantsWith(wanted, [{ name: clear }])[0]?.reasons, { name: 'to compare ' });
});

test('a template without reasons, and no template, leave none of the template before', () => {
  const reasoned = { ...beginAsking('education'), ...typedFrom('one', wanted, dataset) };
  const bare = { ...wanted, grants: wanted.grants.map(({ reasons: _none, ...grant }) => grant) };
  const about = { dataset, provider: 'pub-security', schema: 'household@1', subject: undefined, renews: '' };
  const reasonsOf = (asking: typeof reasoned): unknown =>
    (agreementOf(asking, about) as unknown as Wanted).grants[0]?.reasons;
  assert.deepEqual(reasonsOf(reasoned), wanted.grants[0]?.reasons);
  assert.equal(reasonsOf({ ...reasoned, ...typedFrom('two', bare, dataset) }), undefined);
  assert.equal(reasonsOf({ ...reasoned, ...withoutTemplate }), undefined);
});
