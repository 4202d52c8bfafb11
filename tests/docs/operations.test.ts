/** docs/operations.md and docs/keys.md name what the hub has: every setting with its default, job, check of readiness, metric and file of a key. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { configSchema } from '../../hub/platform/config/configSchema.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { allJobs, type JobServices } from '../../hub/jobs.ts';
import { jobChecks, releaseCheck, witnessCheck } from '../../hub/features/health/jobChecks.ts';
import { keyFiles, logTokenFile } from '../../hub/platform/keys/createKeys.ts';
import { hubGauges } from '../../hub/features/health/operations/hubGauges.ts';
import { hubCounters } from '../../hub/features/health/operations/hubCounters.ts';
import { hubMetrics } from '../../hub/features/health/operations/hubMetrics.ts';
import { stateChecks } from '../../hub/features/health/operations/readyz.ts';
import { defaultIntakeLimits } from '../../hub/flows/intake/limits.ts';
import { witnessSigner } from '../../log/witness/cosignature.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Cells of the rows of a page's tables whose first cell holds code. */
const rowsOf = (page: string): readonly (readonly string[])[] =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '));

const codes = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const config = readConfig({ name: 'yunxi', publicOrigin: 'https://hub.example:8443' }, {});
/** What nothing is asked of but to name what it has. */
const nothing = {} as never;

/** Settings with a default that is a single value, `connections.perAddress` → `512`. */
function defaultsOf(schema: object, path = ''): [string, string][] {
  const properties = Object.entries((schema as { properties?: Record<string, object> }).properties ?? {});
  return properties.flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if ('properties' in value) return defaultsOf(value, at);
    if (!('default' in value) || Array.isArray(value.default)) return [];
    return [[at, String(value.default)] as [string, string]];
  });
}

function settingsOf(schema: object, path = ''): string[] {
  const properties = Object.entries((schema as { properties?: Record<string, object> }).properties ?? {});
  return properties.flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return 'properties' in value ? settingsOf(value, at) : [at];
  });
}

const { vkey } = witnessSigner('w.example', newNotePair().privateKey);
const everyJob = allJobs({
  database: { owner: {} } as never,
  audit: nothing,
  keys: { headMac: nothing, log: nothing, logToken: nothing, sealing: nothing },
  reminders: { wake: nothing, waiting: nothing },
  catalogue: { registry: nothing, identity: nothing },
  storeDestructions: nothing,
  intake: {
    limits: defaultIntakeLimits,
    noted: { rollups: nothing, rules: nothing },
  } as unknown as JobServices['intake'],
  release: nothing,
  config: { ...config, witnesses: [{ url: 'http://w.example', vkey }], mirrorDir: '/srv', reminders: {} },
});

for (const [page, units] of [
  ['docs/operations.md', { s: 's', min: 'min', h: 'h' }],
  ['docs/operations.zh-CN.md', { s: '秒', min: '分钟', h: '小时' }],
] as const)
  describe(page, () => {
    const rows = rowsOf(page);
    const often = (ms: number): string => {
      if (ms % 3_600_000 === 0) return `${ms / 3_600_000} ${units.h}`;
      return ms % 60_000 === 0 ? `${ms / 60_000} ${units.min}` : `${ms / 1000} ${units.s}`;
    };

    test('every job, as often as it runs, and no other', () => {
      const jobs = rows.filter(([, interval = '']) =>
        new RegExp(`^\\d+ (?:${Object.values(units).join('|')})`).test(interval),
      );
      assert.deepEqual(
        jobs.map(([name]) => name).sort(),
        [...nonEmpty(everyJob.map(({ name }) => `\`${name}\``))].sort(),
      );
      for (const { name, every } of everyJob) {
        const interval = jobs.find(([first]) => first === `\`${name}\``)?.[1] ?? '';
        assert.match(interval, new RegExp(`^${often(every)}(?![\\w])`), name);
      }
    });

    test('every setting, and its default', () => {
      const named = new Map<string, string>();
      for (const [names = '', reported = ''] of rows) {
        const [first = '', ...more] = codes(names);
        const parent = first.slice(0, first.indexOf('.'));
        for (const name of [first, ...more.map((one) => (one.startsWith('.') ? parent + one : one))])
          named.set(name, reported.replaceAll('`', ''));
      }
      for (const setting of nonEmpty(settingsOf(configSchema))) {
        const row = /^listeners\.\w+/.exec(setting)?.[0] ?? setting.replace(/^findings\..*/, 'findings.*');
        // the parts of a text in two languages are in the row of the text
        assert.ok(named.has(row.replace(/\.(?:zh|en)$/, '')), setting);
      }
      for (const [setting, value] of nonEmpty(defaultsOf(configSchema))) {
        if (setting.startsWith('findings.')) continue; // tabled in audit.md, which is generated
        const row = /^listeners\.\w+/.exec(setting)?.[0] ?? setting;
        assert.ok(named.get(row)?.includes(value), `${setting}: ${value}, not ${named.get(row)}`);
      }
    });

    test('every check of readiness', () => {
      const [, reported = ''] = rows.find(([address]) => address === '`/readyz`') ?? [];
      const named = codes(reported);
      const owners = {
        audit: nothing,
        database: nothing,
        agreedKeys: nothing,
        registry: nothing,
        keys: nothing,
        attachments: { state: nothing },
      };
      const checks = [
        stateChecks(owners),
        jobChecks(nothing),
        releaseCheck(nothing),
        witnessCheck(nothing),
      ].flatMap(Object.keys);
      for (const check of ['database', 'log', 'certificates', ...nonEmpty(checks)])
        assert.ok(named.includes(check), check);
    });

    test('every metric of the hub’s own', async () => {
      const gauges = Object.fromEntries(
        Object.entries(hubGauges(nothing, nothing)).map(([name, { help }]) => [
          name,
          { help, value: () => 0 },
        ]),
      );
      const { body } = await hubMetrics(hubCounters(), gauges).text();
      const own = [...body.matchAll(/^# TYPE (datong_\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => !/^datong_(?:process|nodejs)_/.test(name));
      const named = rows.flatMap(([names = '']) => codes(names)).map((name) => name.replace(/\{.*/, ''));
      for (const name of nonEmpty(own)) assert.ok(named.includes(name), name);
      for (const name of named.filter((one) => one.startsWith('datong_')))
        assert.ok(own.includes(name), name);
    });
  });

for (const page of ['docs/keys.md', 'docs/keys.zh-CN.md'])
  test(`${page}: every file of a key, and none in a backup`, () => {
    const rows = read(page)
      .split('\n')
      .filter((line) => /^\|.*\| (?:no|否) \|$/.test(line));
    const files = rows.flatMap((row) => {
      const [first = '', ...more] = codes(row.split(' | ')[1] ?? '');
      return [first, ...more.map((ending) => first.replace(/\.\w+$/, ending))];
    });
    const year = page.endsWith('.zh-CN.md') ? '<年>' : '<year>';
    assert.deepEqual(files.sort(), [...Object.values(keyFiles), logTokenFile(0).replace('0', year)].sort());
  });
