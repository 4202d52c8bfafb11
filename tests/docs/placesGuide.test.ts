/** The commands of docs/places.md, typed as they are shown, and the same in both languages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { maxOfList, maxOfRing } from '../../schemas/places/areaFault.ts';
import { pasteLines } from '../datong.ts';
import { samples } from '../hub.ts';
import { demoStage } from './demoStage.ts';
import { blocksOf, pageText } from './guideSteps.ts';

const english = pageText('places.md');
const chinese = pageText('places.zh-CN.md');

const { folder, env } = await demoStage('en_GB.UTF-8');

test('rows with places are sent, filtered three ways, and masked, as they are shown', async () => {
  const paste = (lines: readonly string[]): Promise<string> =>
    pasteLines(['set -e', ...lines].join('\n'), folder, env).then(({ stdout }) => stdout);
  const [register = '', fetches = '', masked = ''] = blocksOf(english, 'sh');
  await paste([register]);
  const found: (readonly string[])[] = [];
  for (const fetch of fetches.trim().split('\n')) found.push((await paste([fetch])).match(/D-\d/g) ?? []);
  assert.deepEqual(found, [['D-1'], ['D-1'], ['D-1', 'D-2']]);
  await paste([masked]);
  const { features } = JSON.parse(readFileSync(join(folder, 'cells.geojson'), 'utf8')) as {
    readonly features: readonly { readonly geometry: { readonly coordinates: readonly number[] } }[];
  };
  assert.deepEqual(
    features.map(({ geometry }) => geometry.coordinates),
    [
      [120.145_26, 30.250_629],
      [120.175_841, 30.286_561],
      [120.038_226, 30.214_696],
    ],
  );
});

test('field and area are those of the sample, and the limits are those of the code', () => {
  const [list, schema] = parseAllDocuments(
    readFileSync(join(samples, 'dust-reports/dataset.yaml'), 'utf8'),
  ).map((document) => document.toJS() as Record<string, unknown>);
  const [field, , area] = blocksOf(english, 'yaml').map((text) => parse(text) as Record<string, unknown>);
  const { properties } = schema?.['document'] as { readonly properties: Record<string, unknown> };
  assert.deepEqual(field, { place: properties['place'] });
  const entries = area?.['entries'] as readonly unknown[];
  assert.deepEqual({ ...list, ...area }, { ...list, entries });
  assert.deepEqual(entries, (list?.['entries'] as readonly unknown[]).slice(0, 1));
  for (const text of [english, chinese])
    for (const limit of [maxOfRing, maxOfList]) assert.ok(text.includes(limit.toLocaleString('en')));
});

test('both languages show the same commands and documents', () => {
  for (const language of ['sh', 'yaml', 'json'])
    assert.deepEqual(blocksOf(chinese, language), blocksOf(english, language));
});
