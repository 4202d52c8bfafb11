/**
 * No mask of the catalogue can be asked about: each operator of a filter, each order, each delivery, on a field that the agreement masks
 * and on one that a restriction masks. Otherwise repeated questions would return the value that the mask hides.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionRequest, FilterTerm } from '../decision.ts';
import { decide } from '../decide.ts';
import { agreement, now, plans, request, restriction, set } from '../fixtures/smallSets.ts';
import { tryCompilePlans, type Plans } from '../plans.ts';
import { maskCatalogue } from './catalogue.ts';

/** A rule of each mask with a field of the household register that it takes, and a value of it. */
const rules: readonly (readonly [rule: string, field: string, value: string])[] = [
  ['mask: keep, head: 2, tail: 1', 'name', '赵小明'],
  ['mask: personName', 'name', '赵小明'],
  ['mask: idCard, head: 6, tail: 4', 'person_id', '11010519491231002X'],
  ['mask: phone, head: 3, tail: 4', 'mobile', '13900001234'],
  ['mask: bankCard, bin: 6, tail: 4', 'mobile', '6222020200012345678'],
  ['mask: plate, head: 2', 'name', '云A12345'],
  ['mask: email, head: 1, domain: true', 'name', 'zhang@example.com'],
  ['mask: address, level: county, list: gb-t-2260', 'address', '某市某区某路 1 号'],
  ['mask: dateTrunc, to: month', 'birth_date', '1987-06-02'],
  ['mask: ageBand, width: 5, top: 90', 'birth_date', '1987-06-02'],
  ['mask: floorTo, step: 100', 'income', '1200.00'],
  ['mask: band, edges: [0, 100]', 'income', '55.00'],
  ['mask: pseudonym, domain: person', 'person_id', '11010519491231002X'],
  ["mask: redactText, patterns: ['phone']", 'address', '13900001234'],
  ['mask: presence', 'name', '赵小明'],
  ['mask: fixed', 'name', '赵小明'],
  ['mask: nullify', 'mobile', '13900001234'],
  ['mask: drop', 'name', '赵小明'],
];
/** Masks that are not in the table, with the reason. */
const others = new Map([
  ['clear', 'hides nothing'],
  ['geoGrid', 'its type, object, has no operator and no order'],
  ['stripMetadata', 'changes the bytes of a download; the value in a row is an id'],
  ['maxEdge', 'as stripMetadata'],
]);
const deliveries = 'deliveries: [stream, export, changes]';

const termsOn = (field: string, value: string): FilterTerm[] => [
  { field, op: 'eq', value },
  { field, op: 'in', value: [value] },
  ...(['gt', 'gte', 'lt', 'lte'] as const).map((bound): FilterTerm => ({
    field,
    op: 'range',
    value: { [bound]: value },
  })),
];

/** Every question about a field, in every delivery. */
function questions(field: string, value: string): Partial<DecisionRequest>[] {
  const asked: Partial<DecisionRequest>[] = [
    ...termsOn(field, value).map((term) => ({ filter: [term] })),
    ...[field, `-${field}`].map((term) => ({ sort: [term] })),
  ];
  const deliveredBy: Partial<DecisionRequest>[] = [{}, { stream: true }, { export: true }, { changes: true }];
  return deliveredBy.flatMap((delivery) => asked.map((one) => ({ ...one, ...delivery })));
}

const answered = (made: Plans, field: string, value: string): unknown[] =>
  questions(field, value).filter((one) => decide({ ...request, ...one }, made, now).effect === 'allow');

test('the table has every mask of the catalogue that hides something of a scalar', () => {
  const named = rules.map(([rule]) => /^mask: (\w+)/.exec(rule)?.[1] ?? '');
  assert.deepEqual([...named, ...others.keys()].sort(), maskCatalogue.map(({ name }) => name).sort());
  assert.deepEqual(maskCatalogue.find(({ name }) => name === 'geoGrid')?.types, ['object']);
});

for (const [rule, field, value] of rules) {
  const name = /^mask: (\w+)/.exec(rule)?.[1] ?? '';
  const fields = (shown: string): string => `{ region_code: { mask: clear }, ${field}: { ${shown} } }`;
  const filtered = `    filterBy: [${field}]\n    ${deliveries}\n`;

  test(`${name}: a field that the agreement masks is no filter and no order, in any delivery`, () => {
    const made = plans(agreement({ grant: `    ${deliveries}\n`, fields: fields(rule) }));
    assert.deepEqual(answered(made, field, value), []);
    const { documents, context } = set(agreement({ grant: filtered, fields: fields(rule) }));
    assert.ok(
      tryCompilePlans(documents, context).findings.some(({ code }) => code === 'filter_on_masked_field'),
      'an agreement that names it as a filter does not compile',
    );
  });

  test(`${name}: a restriction that masks the field closes a filter and an order that the agreement gives`, () => {
    const open = agreement({ grant: filtered, fields: fields('mask: clear') });
    assert.equal(answered(plans(open), field, value).length, questions(field, value).length, 'open before');
    const floor = restriction(`when: { field: [${field}] }\nfloor: { ${rule} }`);
    assert.deepEqual(answered(plans(open, floor), field, value), []);
  });
}
