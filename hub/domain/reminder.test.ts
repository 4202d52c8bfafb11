/** Which members of the contract make a thing of the inbox another thing. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sameBy } from './reminder.ts';

interface Shape {
  readonly $ref?: string;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly allOf?: readonly Shape[];
}

test('a waiting item of any stage of the contract is notified again', () => {
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
  // in addition: how many there are, who else may decide, and where the next page begins
  const beside = ['counts', 'overdue', 'others', 'nextCursor'];
  const lists = Object.keys(sections).filter((name) => !beside.includes(name));
  assert.deepEqual(lists.sort(), Object.keys(sameBy).sort());
  // what waits there has one state alone
  const alwaysSo = ['batches state', 'evidence state'];
  for (const [section, members] of Object.entries(sameBy)) {
    const reported = membersOf(named(sections[section]).items);
    assert.deepEqual(
      members.filter((member) => !reported.includes(member)),
      [],
      section,
    );
    const stages = reported.filter((member) => ['state', 'stage', 'escalated'].includes(member));
    const unsaid = stages
      .filter((member) => !members.includes(member))
      .map((member) => `${section} ${member}`);
    assert.deepEqual(
      unsaid.filter((one) => !alwaysSo.includes(one)),
      [],
    );
  }
});
