/** The commands of docs/attachments.md, typed as they are shown, and the same in both languages. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { parse } from 'yaml';
import { attachmentTypes, maxAttachmentBytes } from '../../schemas/attachments.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { testDatabase } from '../database.ts';
import { runDatong } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { samples, sampleCity, testHub } from '../hub.ts';

const page = (name: string): string => readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');
/** Code of a page, by its language. */
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
const english = page('attachments.md');
const chinese = page('attachments.zh-CN.md');

const hub = await testHub({ database: await testDatabase() });
const folder = mkdtempSync(join(tmpdir(), 'datong-attachments-guide-'));
after(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const file = (name: string): string => join(folder, name);

before(async () => {
  const city = await sampleCity(hub);
  await city.apply('odour-reports/dataset.yaml');
  await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
  const { exchange, open, staff } = hub.hub.origins;
  for (const machine of [city.ecology, city.education]) {
    const profile = profileOf(machine, { exchange, open, staff, ca: hub.ca, keys: undefined });
    writeFileSync(file(`${machine.department}.json`), JSON.stringify(profile), { mode: 0o600 });
  }
  const picture = { width: 1600, height: 1200, channels: 3, background: 'grey' } as const;
  writeFileSync(file('photo.jpg'), await sharp({ create: picture }).jpeg().toBuffer());
});

/** Types a command of the page as a department. */
async function typed(command: string, department: string): Promise<string> {
  const words = command.replace(/^datong /, '').split(' ');
  const ran = await runDatong([...words, '--profile', file(`${department}.json`)], { cwd: folder });
  assert.equal(ran.code, 0, `${command}: ${ran.stderr}`);
  return ran.stdout.trim();
}

test('upload, row and download, as they are shown', async () => {
  const [put = '', sending = '', get = ''] = blocks(english, 'sh').map((one) => one.trim());
  const shown = /"photo":"([^"]+)"/.exec(sending)?.[1] ?? '';
  const id = await typed(put, 'ecology');
  assert.match(id, /^[0-9a-f-]{36}$/);
  const [row = '', push = ''] = sending.replaceAll(shown, id).split('\n');
  writeFileSync(file('reports.ndjson'), /'(.*)'/.exec(row)?.[1] ?? '');
  await typed(push, 'ecology');
  await typed(get.replaceAll(shown, id), 'education');
  const { width, height } = await sharp(file('got.jpg')).metadata();
  assert.deepEqual([width, height], [640, 480], 'the agreement of the sample has maxEdge');
});

test('the field is that of the sample, and the limits are those of the code', () => {
  const [field] = blocks(english, 'yaml').map((text) => parse(text) as { readonly photo: object });
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
    assert.deepEqual(blocks(chinese, language), blocks(english, language));
  const codes = (text: string): readonly string[] =>
    [...text.matchAll(/`((?:batch_)?attachments?_[a-z_]+)`/g)].map(([, code = '']) => code);
  assert.deepEqual(codes(chinese), codes(english));
  for (const code of codes(english)) assert.ok(Object.hasOwn(problemCatalogue, code), code);
});
