/** The commands of docs/attachments.md, typed as they are shown, and the same in both languages. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { parse } from 'yaml';
import { attachmentTypes, maxAttachmentBytes } from '../../schemas/attachments.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { pasteLines } from '../datong.ts';
import { samples } from '../hub.ts';
import { demoStage } from './demoStage.ts';
import { blocksOf, pageText } from './guideSteps.ts';

const english = pageText('attachments.md');
const chinese = pageText('attachments.zh-CN.md');

const { folder, env } = await demoStage('en_GB.UTF-8');
const file = (name: string): string => join(folder, name);

test('upload, row and download, as they are shown', async () => {
  const picture = { width: 1600, height: 1200, channels: 3, background: 'grey' } as const;
  writeFileSync(file('photo.jpg'), await sharp({ create: picture }).jpeg().toBuffer());
  const lines = ['set -e', ...blocksOf(english, 'sh')].join('\n');
  const { stdout } = await pasteLines(lines, folder, env);
  const { photo } = JSON.parse(readFileSync(file('reports.ndjson'), 'utf8')) as { readonly photo: string };
  assert.match(photo, /^[0-9a-f-]{36}$/);
  assert.match(stdout, new RegExp(`R-1.*east.*${photo}`));
  const { width, height } = await sharp(file('got.jpg')).metadata();
  assert.deepEqual([width, height], [640, 480], 'the agreement of the sample has maxEdge');
});

test('the field is that of the sample, and the limits are those of the code', () => {
  const [field] = blocksOf(english, 'yaml').map((text) => parse(text) as { readonly photo: object });
  const [schema] = readFileSync(join(samples, 'odour-reports/dataset.yaml'), 'utf8').split('\n---\n');
  const { document } = parse(schema ?? '') as { readonly document: { readonly properties: object } };
  assert.deepEqual(document.properties, { ...document.properties, ...field });
  for (const text of [english, chinese]) {
    for (const type of attachmentTypes) assert.ok(text.includes(`\`${type}\``), type);
    assert.ok(text.includes(maxAttachmentBytes.toLocaleString('en')));
  }
});

test('both languages show the same commands and codes, and each code exists', () => {
  for (const language of ['sh', 'yaml'])
    assert.deepEqual(blocksOf(chinese, language), blocksOf(english, language));
  const codes = (text: string): readonly string[] =>
    [...text.matchAll(/`((?:batch_)?attachments?_[a-z_]+)`/g)].map(([, code = '']) => code);
  assert.deepEqual(codes(chinese), codes(english));
  for (const code of codes(english)) assert.ok(Object.hasOwn(problemCatalogue, code), code);
});
