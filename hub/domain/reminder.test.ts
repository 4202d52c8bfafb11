/** The members of an inbox item whose change causes another reminder, compared with the contract. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { itemIdentity, reminderKeyMembers } from './reminder.ts';

interface Shape {
  readonly $ref?: string;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly allOf?: readonly Shape[];
}

test('a reminder is sent again when the stage of an item changes, for every section of the contract', () => {
  const contract = JSON.parse(readFileSync(new URL('../../api/openapi.json', import.meta.url), 'utf8')) as {
    readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
  };
  const { schemas } = contract.components;
  const named = (shape: Shape | undefined): Shape =>
    shape?.$ref === undefined ? (shape ?? {}) : named(schemas[shape.$ref.split('/').at(-1) ?? '']);
  const membersOf = (shape: Shape | undefined): readonly string[] => {
    const { properties = {}, allOf = [] } = named(shape);
    return [...Object.keys(properties), ...allOf.flatMap(membersOf)];
  };
  const sections = named(schemas['Waiting']).properties ?? {};
  const notSections = ['counts', 'overdue', 'others', 'datasets', 'agreements', 'nextCursor'];
  const lists = Object.keys(sections).filter((name) => !notSections.includes(name));
  assert.deepEqual(lists.sort(), Object.keys(reminderKeyMembers).sort());
  // all items of these sections have the same state
  const constant = ['batches state', 'evidence state'];
  for (const [section, members] of Object.entries(reminderKeyMembers)) {
    const inContract = membersOf(named(sections[section]).items);
    assert.deepEqual(
      members.filter((member) => !inContract.includes(member)),
      [],
      section,
    );
    const stages = inContract.filter((member) => ['state', 'stage', 'escalated'].includes(member));
    const missing = stages
      .filter((member) => !members.includes(member))
      .map((member) => `${section} ${member}`);
    assert.deepEqual(
      missing.filter((one) => !constant.includes(one)),
      [],
    );
  }
});

test('an item that was urged again is another one; an item of which old urges are no longer counted is the same', () => {
  const urged = (count: number, at: string) =>
    itemIdentity('duties', { id: 'd', state: 'open', urged: { count, at } });
  assert.deepEqual(urged(2, '2026-11-27T01:00:00Z'), urged(1, '2026-11-27T01:00:00Z'));
  assert.notDeepEqual(urged(2, '2026-11-27T01:00:00Z'), urged(2, '2026-11-30T01:00:00Z'));
});
