import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreement, now, restriction, set } from '../fixtures/smallSets.ts';
import { lintPolicies } from './lintPolicies.ts';

describe('lint', () => {
  const codes = (...texts: readonly string[]): string[] => {
    const { documents, context } = set(...texts);
    return lintPolicies(documents, context, now).findings.map(({ code }) => code);
  };

  test('a sound set has no findings; a field granted to no one is a note', () => {
    const { documents, context } = set(agreement());
    const { findings, notes } = lintPolicies(documents, context, now);
    assert.deepEqual(findings, []);
    assert.match(notes[0]?.message.en ?? '', /income/);
  });

  test('a floor that changes nothing, and a floor that closes a filter, are findings', () => {
    const idle = restriction('when: { field: [name] }\nfloor: { mask: personName }');
    assert.deepEqual(codes(agreement(), idle), ['floor_never_bites']);
    assert.deepEqual(
      codes(agreement(), restriction('when: { semantic: [cn.mobile] }\nlimits: { rowsPerCall: 5 }')),
      ['floor_never_bites'],
    );
    assert.deepEqual(
      codes(agreement(), restriction('when: { field: [name] }\nlimits: { rowsPerCall: 5 }')),
      [],
    );
    const closing = restriction('when: { field: [region_code] }\nfloor: { mask: keep, head: 4, tail: 0 }');
    assert.deepEqual(codes(agreement({ grant: '    filterBy: [region_code]\n' }), closing), [
      'filter_closed_by_floor',
    ]);
  });

  test('a grant that is looser than the schema proposes, and a proposal that is no mask, are notes', () => {
    const schema = (proposal: string): string => `kind: Schema
document:
  $schema: https://json-schema.org/draft/2020-12/schema
  $id: urn:datong:household:1.9
  x-title: { zh: 户籍, en: Household }
  x-class: general
  x-primary-key: [/name]
  type: object
  additionalProperties: false
  required: [name]
  properties:
    name: { x-title: { zh: 姓名, en: Name }, type: string, maxLength: 60, x-sensitivity: L2, x-personal: personal, x-subject-key: person, x-mask: ${proposal} }
---
`;
    const granted = (mask: string, proposal = '{ name: personName }'): string[] => {
      const { documents, context } = set(schema(proposal), agreement({ fields: `{ name: ${mask} }` }));
      return lintPolicies(documents, context, now).notes.map(({ code }) => code);
    };
    assert.deepEqual(granted('{ mask: clear }'), ['looser_than_proposed']);
    assert.deepEqual(granted('{ mask: personName }'), []);
    assert.deepEqual(granted('{ mask: nullify }'), []);
    assert.deepEqual(granted('{ mask: clear }', '{ name: personNames }'), ['proposal_unreadable']);
    assert.deepEqual(granted('{ mask: clear }', '{ name: keep, params: { head: -1 } }'), [
      'proposal_unreadable',
    ]);
  });

  test('an expired document, and look-ups without a quota, are findings', () => {
    assert.deepEqual(codes(agreement({ until: '2026-05-01T00:00:00+08:00' })), ['expired']);
    assert.deepEqual(codes(agreement({ grant: '    lookupBy: [person_id]\n' })), ['lookup_without_quota']);
  });

  test('a look-up must not return a pseudonym that another grant lists', () => {
    const pseudonym = 'person_id: { mask: pseudonym, domain: person, epoch: 1 }';
    const limits = '    limits: { callsPerDay: 500 }\n';
    const lookupGrant = (more = ''): string =>
      agreement({
        id: 'agr-look',
        grant: `${limits}    requires: [lookup]\n    lookupBy: [person_id]\n`,
        fields: `{ ${pseudonym}${more} }`,
      });
    const listing = (domain = 'person', consumer = 'education', more = ''): string =>
      agreement({
        id: 'agr-list',
        consumer,
        fields: `{ person_id: { mask: pseudonym, domain: ${domain}${more} }, region_code: { mask: clear } }`,
      });
    const found = (...texts: readonly string[]): string[] =>
      codes(...texts).filter((code) => code === 'lookup_names_pseudonym');
    assert.deepEqual(found(lookupGrant()), []);
    assert.deepEqual(found(lookupGrant(), listing()), ['lookup_names_pseudonym']);
    assert.deepEqual(found(lookupGrant(), listing('company')), [], 'another domain');
    assert.deepEqual(found(lookupGrant(), listing('person', 'housing')), [], 'of another department');
    const ofEpoch = (epoch: number): string => listing('person', 'education', `, epoch: ${epoch}`);
    assert.deepEqual(found(lookupGrant(), ofEpoch(1)), ['lookup_names_pseudonym']);
    assert.deepEqual(found(lookupGrant(), ofEpoch(2)), [], 'of another epoch');
    const sm3 = listing('person', 'education', ', algorithm: sm3');
    assert.deepEqual(found(lookupGrant(), sm3), [], 'by another algorithm');
    // one grant that both lists rows and permits look-ups is enough
    const both = agreement({ grant: `${limits}    lookupBy: [person_id]\n`, fields: `{ ${pseudonym} }` });
    assert.deepEqual(found(both), ['lookup_names_pseudonym']);
  });

  test('a sensitive field may be clear only under a statute', () => {
    const contract = '{ type: contract, reference: 合同 }';
    assert.deepEqual(codes(agreement({ basis: contract })), []);
    const schema = (marks: string): string => `kind: Schema
document:
  $schema: https://json-schema.org/draft/2020-12/schema
  $id: urn:datong:household:1.9
  x-title: { zh: 户籍, en: Household }
  x-class: general
  type: object
  additionalProperties: false
  required: [name]
  properties:
    name: { x-title: { zh: 病名, en: Illness }, type: string, maxLength: 60, x-sensitivity: L3, ${marks} }
---
`;
    const illness = schema('x-personal: sensitive, x-subject-key: person');
    const fields = '{ name: { mask: clear } }';
    assert.deepEqual(codes(illness, agreement({ basis: contract, fields })), ['assessment_missing']);
    const assessed = `${contract}\nassessment: '${'a'.repeat(64)}'`;
    assert.deepEqual(codes(illness, agreement({ basis: assessed, fields })), ['clear_without_statute']);
    const consenting = agreement({
      basis: '{ type: consent }',
      grant: '    consent: { required: true }\n',
      fields: '{ name: { mask: fixed } }',
    });
    assert.deepEqual(codes(schema('x-personal: none'), consenting), ['consent_without_subject']);
  });

  test('fields that identify a person together are a finding: 6+4 digits and a birth year leave about 34 persons', () => {
    const id = 'person_id: { mask: idCard, head: 6, tail: 4 }';
    const { documents, context } = set(
      agreement({ fields: `{ ${id}, birth_date: { mask: dateTrunc, to: year } }` }),
    );
    const [finding] = lintPolicies(documents, context, now).findings;
    assert.equal(finding?.code, 'combination_risk');
    assert.match(finding.message.en, /with birth_date a row leaves about 34 /);
    assert.deepEqual(codes(agreement({ fields: `{ ${id} }` })), []);
    assert.deepEqual(
      codes(
        agreement({ fields: '{ person_id: { mask: idCard }, birth_date: { mask: dateTrunc, to: month } }' }),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        agreement({
          fields: '{ person_id: { mask: idCard }, birth_date: { mask: clear }, sex: { mask: clear } }',
        }),
      ),
      ['combination_risk'],
    );
  });

  test('the joint view over purposes must not be finer than a grant', () => {
    const two = (first: string, second: string): string[] =>
      codes(
        agreement({ fields: first }),
        agreement({ id: 'agr-b', purposes: '[school-meals]', fields: second }),
      );
    const step = (n: number): string => `{ income: { mask: floorTo, step: ${n} } }`;
    assert.deepEqual(two(step(1000), step(300)), ['joint_view']);
    assert.deepEqual(two(step(1000), step(500)), []);
    assert.deepEqual(
      two(
        '{ birth_date: { mask: dateTrunc, to: year } }',
        '{ birth_date: { mask: keep, head: 0, tail: 5 } }',
      ),
      ['joint_view'],
    );
    assert.deepEqual(two('{ person_id: { mask: idCard, tail: 4 } }', '{ birth_date: { mask: clear } }'), [
      'joint_combination_risk',
    ]);
  });
});
