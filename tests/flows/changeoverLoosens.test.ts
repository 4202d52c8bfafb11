/** A steward begins a changeover that loosens nothing, and loosens something while it is under way: the security officer is asked for what it comes to. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { samples, type StaffAnswer } from '../hub.ts';
import { mappingOf, rowsMappingOf, schemaOf, type Schema } from './householdVersions.ts';
import { admitPerson } from '../admitPerson.ts';
import { newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const office = await hub.token('office', ['steward']);
const author = await hub.token('author', ['steward'], 'pub-security');
const second = await hub.token('second', ['steward'], 'pub-security');
const officer = await hub.token('officer', ['security'], 'pub-security');
const { identity } = hub.hub.services;
/** steward and security officer */
const both = await admitPerson(
  identity,
  'both',
  (['steward', 'security'] as const).map((role) => ({ role, department: 'pub-security' })),
);
const deputy = await admitPerson(identity, 'deputy', [{ role: 'clerk', department: 'pub-security' }]);
const home = mkdtempSync(join(tmpdir(), 'datong-loosens-'));
after(() => rmSync(home, { recursive: true, force: true }));

const idOf = (name: string): string => `pub-security.${name}`;
const about = (name: string): string => `/v1/datasets/${idOf(name)}`;
const codeOf = ({ json }: StaffAnswer): unknown => json['code'];

/** The version with further fields, each at its mark. */
function version(number: string, marks: Readonly<Record<string, string>>): Schema {
  const schema = schemaOf(2);
  schema.$id = `urn:datong:household:${number}`;
  for (const [name, mark] of Object.entries(marks))
    schema.properties[name] = {
      type: ['string', 'null'],
      maxLength: 50,
      'x-title': { zh: '备注', en: 'Remark' },
      'x-sensitivity': mark,
    };
  return schema;
}
async function published(document: Schema): Promise<void> {
  const sent = await hub.staff(city.operator, 'POST', '/v1/schemas', { document });
  const word = { act: 'publish', digest: sent.json['digest'] };
  for (const token of sent.json['state'] === 'published' ? [] : [office, city.security]) {
    const decided = await hub.staff(token, 'POST', `/v1/schemas/${document.$id}/decision`, word);
    if (decided.json['state'] === 'published') return;
  }
  assert.equal(sent.json['state'], 'published', JSON.stringify(sent.json));
}
/** Over two datasets, of which each names the second major version. */
async function agreement(id: string, datasets: readonly string[]): Promise<void> {
  const sample = readFileSync(join(samples, 'household/agreement.yaml'), 'utf8');
  // without its linkage, whose members are of another dataset
  const own = sample.replace(/^linkages:\n(?:[ ].*\n)+/m, '').replace('agr-school-enrolment', id);
  const [head = '', grant = ''] = own.split('grants:\n');
  const [given = '', ended = ''] = grant.replace('household@1', 'household@2').split('    obligations:');
  const grants = datasets.map((name) => given.replace('pub-security.household', idOf(name)));
  const file = join(home, `${id}.yaml`);
  writeFileSync(file, `${head}grants:\n${grants.map((one) => `${one}    obligations:${ended}`).join('')}`);
  await city.apply(file, [city.education, city.publicSecurity]);
}
interface Shown extends Readonly<Record<string, unknown>> {
  readonly digest?: string;
  readonly stops: readonly { readonly agreement: string }[];
  readonly loosens: readonly { readonly pointer: string; readonly code: string; readonly against: string }[];
}
async function show(name: string): Promise<Shown> {
  const { status, json } = await hub.staff(author, 'GET', `${about(name)}/changeover`);
  assert.equal(status, 200, JSON.stringify(json));
  return json as Shown;
}
/** The approval of a person who has read what is shown. */
const agree = (token: string, { digest, stops }: Shown): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `${about('one')}/changeover/decision`, {
    act: 'switch',
    digest,
    stops: stops.map(({ agreement: name }) => name),
  });
/** Begins, and fills. @returns the pending switch */
async function ready(major: number, nth: number): Promise<Shown> {
  const files = mappingOf(major, nth, { mapping: `pub-security/one@${nth}` });
  const begun = await hub.staff(author, 'POST', `${about('one')}/changeover`, {
    schema: `urn:datong:household:${major}.0`,
    reason: '换版',
    mappings: [files, rowsMappingOf(major, `pub-security/one-rows@${nth}`)],
    rowsBy: 'pub-security/one-rows',
  });
  assert.deepEqual([begun.status, begun.json['needsOfficer']], [202, false], JSON.stringify(begun.json));
  for (let i = 0; i < 2; i += 1) assert.equal(await hub.hub.runner.run('fillChangeovers'), 'ok');
  const shown = await show('one');
  assert.deepEqual([shown['stage'], shown['needsOfficer'], shown.loosens], ['ready', false, []]);
  return shown;
}
const move = (name: string, number: string): Promise<StaffAnswer> =>
  hub.staff(author, 'POST', `${about(name)}/schema`, { schema: `urn:datong:household:${number}` });
const asOfficer = async (token = officer): Promise<unknown> =>
  (
    (await hub.staff(token, 'GET', '/v1/inbox')).json['changeovers'] as readonly { readonly as: string }[]
  ).map(({ as }) => as);

await published(version('2.0', {}));
await published(version('3.0', { note: 'L1', more: 'L1' }));
await published(version('4.0', {}));
for (const name of ['one', 'two', 'three']) {
  const title = { zh: '户籍', en: 'Household' };
  const made = { id: idOf(name), title, schema: 'urn:datong:household:2.0', mode: 'upsert' };
  const sent = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    ...made,
    sharing: { type: 'unconditional' },
  });
  assert.equal(sent.status, 201, JSON.stringify(sent.json));
}
await agreement('agr-one-two', ['one', 'two']);
await agreement('agr-one-three', ['one', 'three']);

test('a version that is published meanwhile has the officer asked; a word covers what was shown with it, and nothing that came after', async () => {
  const before = await ready(3, 1);
  // what comes with the major version is guarded more by one in between: it would come back less guarded
  await published(version('2.1', { note: 'L3' }));
  assert.equal(codeOf(await agree(second, before)), 'changeover_read_anew');
  const shown = await show('one');
  assert.deepEqual(
    [shown['needsOfficer'], shown.loosens.map(({ pointer, code, against }) => [pointer, code, against])],
    [true, [['/properties/note/x-sensitivity', 'sensitivity_lowered', 'urn:datong:household:2.1']]],
  );
  assert.deepEqual(await asOfficer(), ['officer']);
  const once = await agree(second, shown);
  assert.deepEqual([once.status, once.json['state'], typeof once.json['approver']], [200, 'open', 'string']);
  const [leaf] = await newestLeaves(database, 1);
  assert.deepEqual([leaf?.change?.['act'], leaf?.change?.['loosens']], ['agree', 1]);
  await published(version('2.2', { note: 'L3', more: 'L3' }));
  // what could not be gone through in time is tried again after a minute, although no registry changed
  const clock = performance.now.bind(performance);
  const later = (of: string, by: () => number): void => {
    const within = (): boolean => new Error().stack?.includes(of) === true;
    mock.method(performance, 'now', () => clock() + (within() ? by() : 0));
  };
  let late = 0;
  later('meaningSince', () => (late += 20_000));
  assert.deepEqual(
    await asOfficer(second),
    [],
    'unchanged since their approval, where it cannot be compared in time',
  );
  mock.restoreAll();
  assert.deepEqual(await asOfficer(second), [], 'and it is not tried at once again');
  later('asWhom', () => 61_000);
  assert.deepEqual(
    await asOfficer(second),
    ['approver'],
    'their approval is required again: the effect has changed',
  );
  mock.restoreAll();
  assert.equal(codeOf(await agree(officer, shown)), 'changeover_read_anew');
  const now = await show('one');
  assert.deepEqual(
    [...new Set(now.loosens.map(({ pointer }) => pointer))].sort(),
    ['more', 'note'].map((name) => `/properties/${name}/x-sensitivity`),
  );
  // the officer's approval is on all of it; the second person has not read what came since
  const approval = await agree(officer, now);
  assert.deepEqual([approval.json['state'], approval.json['approver']], ['open', undefined]);
  assert.equal(codeOf(await agree(officer, now)), 'four_eyes');
  // nor does the database take a word for less
  await assert.rejects(
    database.app.query("UPDATE changeover SET agreed = NULL WHERE state = 'open'"),
    /changeover_agreed/,
  );
  assert.equal((await agree(second, now)).json['state'], 'switched');
});

test('an agreement that answers again once all of its datasets are back is a loosening, whichever of them comes last and in whatever way', async () => {
  for (const name of ['two', 'three']) assert.equal((await move(name, '4.0')).status, 200, name);
  const before = await ready(2, 2);
  assert.equal((await move('two', '2.0')).status, 200, 'the other dataset is elsewhere still');
  assert.equal(codeOf(await agree(second, before)), 'changeover_read_anew');
  const shown = await show('one');
  const cells = shown.loosens.map(({ pointer, code, against }) => [pointer, code, against]);
  const against = 'agr-one-two education school-enrolment';
  for (const pointer of ['name', '(rows)', 'pub-security.two name', 'pub-security.two (rows)'])
    assert.ok(
      cells.some((cell) => cell.join() === [pointer, 'added', against].join()),
      pointer,
    );
  assert.ok(!JSON.stringify(cells).includes('agr-one-three'));
  // the approval of a deputy is no other person's than the steward's, also after the term
  const named = await hub.staff(both.token, 'POST', '/v1/stand-ins', {
    as: 'deputy',
    steward: both.person,
    person: deputy.person,
    department: 'pub-security',
    until: new Date(database.now() + 86_400_000).toISOString(),
    reason: 'on leave',
  });
  const path = `/v1/proposals/${String(named.json['proposal'])}`;
  const { digest } = (await hub.staff(second, 'GET', path)).json;
  const accepted = await hub.staff(second, 'POST', `${path}/acceptance`, { digest });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  assert.equal((await agree(deputy.token, shown)).json['state'], 'open');
  const end = `/v1/stand-ins/${String(accepted.json['id'])}/end`;
  assert.equal((await hub.staff(both.token, 'POST', end, { reason: 'back' })).status, 200);
  assert.equal(codeOf(await agree(both.token, shown)), 'four_eyes');
  assert.equal(codeOf(await agree(author, shown)), 'four_eyes');
  assert.equal((await agree(officer, shown)).json['state'], 'switched');
  // by a move, too
  const requested = await move('three', '2.0');
  assert.deepEqual(
    [requested.status, typeof requested.json['proposal']],
    [202, 'string'],
    JSON.stringify(requested.json),
  );
  const stored = await hub.staff(officer, 'GET', `/v1/proposals/${String(requested.json['proposal'])}`);
  assert.match(JSON.stringify(stored.json['body']), /agr-one-three education school-enrolment/);
});
