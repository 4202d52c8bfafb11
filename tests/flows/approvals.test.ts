/** Approvals of an upper platform (上级平台批复): imported as approved, confirmed by a second person, once; entries name them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { newYear, validTerm } from '../newYear.ts';
import { acceptAs, staffCall, type StaffReply } from '../secondPerson.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-approval-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const office = await hub.token('主管部门', ['steward']);
const officeToo = await hub.token('主管部门二', ['steward']);
const provider = await hub.token('公安', ['steward'], 'pub-security');
const asking = await hub.token('刘老师', ['steward'], 'education');
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const file = householdFile(1500, 7);
const child = file.good.find(({ region }) => region === '990101');
assert.ok(child);
const dataset = 'pub-security.household';
const approval = { number: '国数批〔2026〕17号', resource: '370000-0042', sha256: 'a'.repeat(64) };
const agreement = (more: object = {}) => ({
  kind: 'Agreement',
  id: 'agr-upper',
  version: 1,
  provider: 'pub-security',
  consumer: 'ecology',
  purposes: ['statistics'],
  basis: { type: 'statutory', reference: '户口登记条例', clause: '第三条' },
  valid: validTerm,
  grants: [
    {
      dataset,
      schema: 'household@1',
      lookupBy: ['person_id'],
      requires: ['lookup'],
      limits: { rowsPerCall: 1, callsPerDay: 100 },
      fields: { name: { mask: 'personName' }, region_code: { mask: 'clear' } },
    },
  ],
  approval,
  ...more,
});
const imported = (more: object = {}, document: object = agreement()) => ({
  dataset,
  fields: ['name', 'region_code'],
  ...validTerm,
  document,
  ...more,
});
const state = join(home, 'demo.json');
writeDemoState(
  state,
  { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  { steward: office, decider: provider },
);
const datong = (...args: string[]) => typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
const bring = (body: object, token = office): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', '/v1/requests/imports', body);
const ask = () =>
  city.ecology.client
    .query(
      dataset,
      { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
      { purpose: 'statistics', agreement: 'agr-upper' },
    )
    .then(
      ({ json }) => json.records.length,
      (error: unknown) => (error instanceof DatongProblem ? error.code : Promise.reject(error as Error)),
    );

before(async () => {
  await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
});

test('an import with other fields, a longer term or another dataset than approved is refused', async () => {
  const refused = async (body: object) => (await bring(body)).body['code'];
  assert.equal(await refused(imported({ fields: ['name'] })), 'approval_unfit');
  assert.equal(await refused(imported({ fields: ['name', 'region_code', 'birth_date'] })), 'approval_unfit');
  assert.equal(await refused(imported({ until: newYear(1) })), 'approval_unfit');
  assert.equal(await refused(imported({ from: newYear(1) })), 'approval_unfit');
  assert.equal(await refused(imported({ dataset: 'pub-security.other' })), 'approval_unfit');
  assert.equal(await refused(imported({}, { ...agreement(), approval: undefined })), 'approval_unfit');
  const named = { ...approval, number: child.id };
  assert.equal(await refused(imported({}, agreement({ approval: named }))), 'text_identity_number');
  assert.equal((await bring(imported(), provider)).body['code'], 'not_your_department');
});

test('an agreement that is submitted or requested with an approval is refused', async () => {
  const submitted = await staffCall(listener, city.operator, 'POST', '/v1/policy/documents', {
    document: agreement(),
  });
  assert.equal(submitted.body['code'], 'approval_by_import_only');
  const papers = { reason: 'x', commitment: 'a'.repeat(64) };
  const document = agreement({ consumer: 'education' });
  const requested = await staffCall(listener, asking, 'POST', '/v1/requests', { document, papers });
  assert.equal(requested.body['code'], 'approval_by_import_only');
});

test('a second person of the provider confirms it; every answer under it names it; it is imported once', async () => {
  const proposed = await bring(imported());
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  assert.equal(await ask(), 'no_agreement');
  assert.equal((await acceptAs(listener, office, proposed)).body['code'], 'four_eyes');
  assert.equal((await acceptAs(listener, officeToo, proposed)).body['code'], 'owner_decides');
  const accepted = await acceptAs(listener, provider, proposed);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  const entry = await lastLeaf(database);
  assert.deepEqual([entry.change?.['state'], entry.approval], ['active', approval]);
  assert.equal(await ask(), 1);
  assert.deepEqual((await lastLeaf(database)).approval, approval);
  assert.equal((await bring(imported())).body['code'], 'already_registered');
  const renamed = agreement({ id: 'agr-upper-again' });
  assert.equal((await bring(imported({}, renamed))).body['code'], 'already_registered', 'under another name');
});

test('CLI: the second person names the paper, and another file is refused', async () => {
  const { approval: _approval, kind: _kind, ...written } = agreement({ id: 'agr-upper-two' });
  const named = { number: '国数批〔2026〕18号', resource: '370000-0042', paper: 'approval.pdf' };
  const document = {
    kind: 'Approval',
    ...named,
    dataset,
    fields: ['name', 'region_code'],
    ...validTerm,
    agreement: written,
  };
  for (const [name, text] of [
    ['approval.pdf', 'approved'],
    ['forged.pdf', 'approved, and more'],
    ['approval.yaml', JSON.stringify(document)],
  ] as const)
    writeFileSync(join(home, name), text);
  const brought = await datong('request', 'import', 'approval.yaml', '--as', 'steward');
  assert.equal(brought.code, 0, brought.stderr);
  const confirm = (paper: string) =>
    datong('request', 'confirm', brought.stdout.trim(), '--paper', paper, '--as', 'decider');
  assert.equal((await confirm('forged.pdf')).code, 1);
  const confirmed = await confirm('approval.pdf');
  assert.equal(confirmed.code, 0, confirmed.stderr);
});

test('an approval that begins later is imported if the second person confirms the gap that is shown', async () => {
  const id = 'agr-upper-renewed';
  writeFileSync(join(home, 'later.pdf'), 'approved for a longer time');
  const sha256 = createHash('sha256').update('approved for a longer time').digest('hex');
  const numbered = (number: string) => ({ ...approval, number: `国数批〔2026〕${number}号`, sha256 });
  const first = await bring(imported({}, agreement({ id, approval: numbered('31') })));
  assert.equal((await acceptAs(listener, provider, first)).status, 201);
  const from = new Date(Math.ceil(database.now() / 1000) * 1000 + 3_600_000).toISOString();
  const later = { from, until: new Date(Date.parse(from) + 500 * 86_400_000).toISOString() };
  const renewed = agreement({ id, version: 2, approval: numbered('32'), valid: later });
  const proposed = await bring(imported(later, renewed));
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  const waiting = String(proposed.body['proposal']);
  const { body: shown } = await staffCall(listener, provider, 'GET', `/v1/proposals/${waiting}`);
  const { gap, ...requested } = shown['body'] as { gap: unknown };
  assert.deepEqual([gap, requested], [{ version: 1, until: from }, imported(later, renewed)]);
  // a gap that arose after the proposal was not shown, so it blocks: this approval has expired by then
  const soon = Math.ceil(database.now() / 1000) * 1000 + 10_000;
  const brief = { from: newYear(0), until: new Date(soon).toISOString() };
  const passing = agreement({ id, version: 2, approval: numbered('33'), valid: brief });
  const late = await bring(imported(brief, passing));
  assert.equal(late.status, 202, JSON.stringify(late.body));
  await setTimeout(soon - database.now() + 100);
  const refused = await acceptAs(listener, provider, late);
  assert.equal(refused.body['code'], 'answers_would_break', JSON.stringify(refused.body));
  assert.match(
    (await datong('approve', waiting, '--as', 'decider')).stdout,
    /^mind: version 1, which is in force, ends with the approval; until 20/m,
  );
  const confirm = ['request', 'confirm', waiting, '--paper', 'later.pdf', '--as', 'decider'];
  const unseen = await datong(...confirm);
  assert.equal(unseen.code, 1, unseen.stdout);
  const [, digest = ''] = /mind: version 1, .* add --digest ([0-9a-f]{64})/.exec(unseen.stderr) ?? [];
  assert.equal(digest, shown['digest'], unseen.stderr);
  const confirmed = await datong(...confirm, '--digest', digest);
  assert.equal(confirmed.code, 0, confirmed.stderr);
});

test('a restriction of the city applies to an imported agreement too', async () => {
  assert.equal(await ask(), 1);
  const when = `{ field: [name], dataset: [${dataset}] }`;
  const path = join(home, 'restriction.yaml');
  writeFileSync(path, `kind: Restriction\nid: res-upper\nversion: 1\nwhen: ${when}\nrequires: [matter]\n`);
  await city.apply(path, [await hub.enrol('data-office')]);
  assert.equal(await ask(), 'matter_missing');
});
