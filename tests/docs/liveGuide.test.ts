/** What docs/live.md says holds: its documents are read, its numbers and names are the code's. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { readConfiguration } from '../../clients/cli/provide/configuration.ts';
import { LiveProviders } from '../../hub/flows/live/liveProviders.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { hubGauges } from '../../hub/features/health/operations/hubGauges.ts';
import { hubCounters } from '../../hub/features/health/operations/hubCounters.ts';
import { hubMetrics } from '../../hub/features/health/operations/hubMetrics.ts';
import { root } from '../../scripts/generated.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { nonEmpty } from '../nonEmpty.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-live-guide-'));
after(() => rmSync(home, { recursive: true, force: true }));
const pages = ['docs/live.md', 'docs/live.zh-CN.md'].map((page) => readFileSync(join(root, page), 'utf8'));
const blocks = (page: string): readonly string[] =>
  [...page.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, text = '']) => text);
const place = (name: string, text: string): string => {
  writeFileSync(join(home, name), text);
  return join(home, name);
};

/** The required fields of the schema that the page registers its dataset with. */
const [vaccination] = readDocuments(join(root, 'samples/vaccination/dataset.yaml'));
const { required: vaccinationFields } = vaccination?.members['document'] as {
  readonly required: readonly string[];
};

test('its documents are what apply and provide take', () => {
  place('regions.yaml', readFileSync(join(root, 'samples/city/regions.yaml'), 'utf8'));
  place(
    'clinics.yaml',
    readFileSync(join(root, 'samples/household/dataset.yaml'), 'utf8').split('---\n').at(-1) ?? '',
  );
  process.env['HIS_DATABASE_URL'] = 'postgres://reader@localhost/his';
  after(() => delete process.env['HIS_DATABASE_URL']);
  for (const page of pages) {
    const [dataset = '', provide = ''] = blocks(page);
    const [registered] = readDocuments(place('dataset.yaml', dataset));
    assert.deepEqual([registered?.kind, registered?.members['mode']], ['Dataset', 'live']);
    const { sources, lists } = readConfiguration(place('provide.yaml', provide));
    assert.deepEqual(
      [...sources.values()].map(({ kind }) => kind),
      ['sql', 'file'],
    );
    assert.equal(lists.length > 0, true);
    const sql = sources.get('health.immunisation-live');
    assert.ok(sql?.kind === 'sql');
    const selected = /^SELECT (.*) FROM/.exec(sql.query)?.[1]?.split(', ') ?? [];
    for (const field of nonEmpty(vaccinationFields))
      assert.ok(selected.includes(sql.columns[field] ?? field), `the query lacks ${field}`);
  }
});

test('its numbers are those of the hub', () => {
  const { limits } = new LiveProviders(signingKey(newKeyPair().privateKey), () => 0);
  const [english = '', chinese = ''] = pages;
  const { patience, atOnce, maxWaiting, connectors, maxAnswerLength, breaker } = limits;
  assert.match(english, new RegExp(`no answer in ${patience / 1000} s`));
  assert.match(english, new RegExp(`\\(${atOnce} at once, ${maxWaiting} waiting\\)`));
  assert.match(
    chinese,
    new RegExp(`${patience / 1000} 秒内无答复.*同时 ${atOnce} 个，等待 ${maxWaiting} 个`),
  );
  assert.deepEqual([connectors, maxAnswerLength, breaker.failures], [4, 4 << 20, 5], 'four, 4 MB, five');
  assert.match(english, new RegExp(`no question about a dataset for ${breaker.pause / 1000} s`));
  assert.equal(breaker.maxPause, 60_000);
});

/** A number in a source, as `const name = 1 << 2` or `10_000` says it. */
const inSource = (path: string, name: string): number => {
  const written = new RegExp(`const ${name} = ([\\d_]+)(?: << (\\d+))?;`).exec(
    readFileSync(join(root, path), 'utf8'),
  );
  assert.ok(written, `${path} has no ${name}`);
  return Number(written[1]?.replaceAll('_', '')) << Number(written[2] ?? 0);
};

test('its numbers are those of the connector, and of what is stored', () => {
  const [english = '', chinese = ''] = pages.map((page) => page.replace(/\s+/g, ' '));
  const provide = 'clients/cli/provide';
  const assertInPages = (en: string, zh: string): void => {
    assert.ok(english.includes(en), en);
    assert.ok(chinese.includes(zh), zh);
  };
  const file = inSource(`${provide}/fileRows.ts`, 'maxFileLength') >> 20;
  assertInPages(`read whole (${file} MB at most)`, `${file} MB`);
  const look = inSource(`${provide}/keepConnected.ts`, 'lookEvery') / 1000;
  assertInPages(`resolves the name again every ${look} s`, `每 ${look} 秒`);
  const reported = inSource('hub/flows/live/checkRows.ts', 'maxFindings');
  assertInPages(`of the first ${reported}, counts of all`, `前 ${reported} 处`);
});

test('its codes and figures are there', async () => {
  const gauges = hubGauges({} as Parameters<typeof hubGauges>[0], {
    audit: { size: () => 0, waiting: () => 0 },
    live: { count: 0, paused: 0 },
    overdue: { value: () => 0 },
    stateDir: '',
    lastBackup: () => Promise.resolve(undefined),
  });
  const live = Object.fromEntries(Object.entries(gauges).filter(([name]) => name.startsWith('live')));
  const { body } = await hubMetrics(hubCounters(), live).text();
  assert.equal(Object.keys(live).length, 2);
  for (const page of pages) {
    for (const [, name = ''] of page.matchAll(/`(datong_\w+)`/g))
      assert.ok(body.includes(`# HELP ${name} `), name);
    for (const [, code = ''] of page.matchAll(/`((?:dataset|live|provider|cursor|decided)_\w+)`/g))
      assert.ok(code in problemCatalogue, code);
  }
});
