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

/** Rules that need another field of the household register than `name`, or more than their first example shows. */
const table: readonly (readonly [rule: string, field: string, value: string])[] = [
  ['mask: idCard, head: 6, tail: 4', 'person_id', '11010519491231002X'],
  ['mask: phone, head: 3, tail: 4', 'mobile', '13900001234'],
  ['mask: bankCard, bin: 6, tail: 4', 'mobile', '6222020200012345678'],
  ['mask: address, level: county, list: gb-t-2260', 'address', '某市某区某路 1 号'],
  ['mask: dateTrunc, to: month', 'birth_date', '1987-06-02'],
  ['mask: ageBand, width: 5, top: 90', 'birth_date', '1987-06-02'],
  ['mask: floorTo, step: 100', 'income', '1200.00'],
  ['mask: band, edges: [0, 100]', 'income', '55.00'],
  ['mask: pseudonym, domain: person', 'person_id', '11010519491231002X'],
  ["mask: redactText, patterns: ['phone']", 'address', '13900001234'],
  ['mask: nullify', 'mobile', '13900001234'],
];
/** Masks that are not tried, with the reason. */
const others = new Map([
  ['clear', 'hides nothing'],
  ['geoGrid', 'its type, object, has no operator and no order'],
  ['stripMetadata', 'changes the bytes of a download; the value in a row is an id'],
  ['maxEdge', 'as stripMetadata'],
]);
const nameOf = (rule: string): string => /^mask: (\w+)/.exec(rule)?.[1] ?? '';
const inTable = new Set(table.map(([rule]) => nameOf(rule)));
/** Every other mask, as its first example has it, on `name`. */
const byExample = maskCatalogue
  .filter(({ name }) => !inTable.has(name) && !others.has(name))
  .map(({ name, types, formats, examples: [{ params = {}, value }] }) => {
    assert.ok(
      types.includes('string') && formats === undefined,
      `${name} does not take the field «name»: add a row with a field that it takes to this file`,
    );
    const written = Object.entries(params).map(([param, one]) => `, ${param}: ${JSON.stringify(one)}`);
    return [`mask: ${name}${written.join('')}`, 'name', String(value)] as const;
  });
const rules = [...table, ...byExample];
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

test('every mask of the catalogue is tried, but those that hide nothing of a scalar', () => {
  assert.deepEqual(
    [...rules.map(([rule]) => nameOf(rule)), ...others.keys()].sort(),
    maskCatalogue.map(({ name }) => name).sort(),
  );
  assert.deepEqual(maskCatalogue.find(({ name }) => name === 'geoGrid')?.types, ['object']);
});

for (const [rule, field, value] of rules) {
  const name = nameOf(rule);
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
