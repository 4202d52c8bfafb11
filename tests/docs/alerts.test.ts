/** Alert rules and dashboard name only figures that the hub reports; each alert is fired once and both languages say what to do. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { testDatabase } from '../database.ts';
import { alertsFolder, promtool, skip } from '../firedAlerts.ts';
import { testHub } from '../hub.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const database = await testDatabase();
const hub = await testHub({
  database,
  jobsByTime: false,
  // a receiver that is down
  config: { telemetry: { endpoint: 'http://127.0.0.1:9', metricsSeconds: 1, tracesPerSecond: 0 } },
});
after(() => hub.stop());
const scrape = async (): Promise<string> => (await fetch(`${hub.hub.origins.admin}/metrics`)).text();
const metrics = await scrape();
const reported = new Set(
  [...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
};
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('deploy/prometheus/dashboard.json')) as {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
};
const named = (expr: string): readonly string[] => expr.match(/\bdatong_\w+/g) ?? [];

test('rules and dashboard name only figures that /metrics has', () => {
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  assert.ok(expressions.length > 20);
  assert.deepEqual(
    expressions.flatMap(named).filter((name) => !reported.has(name)),
    [],
  );
});

test('both languages have what to do for each alert, and for no other', () => {
  const alerts = rules.map(({ alert }) => alert).sort();
  for (const page of ['docs/operations.md', 'docs/operations.zh-CN.md'])
    assert.deepEqual(
      [...read(page).matchAll(/^\| `(Datong\w+)` \|/gm)].map(([, name]) => name).sort(),
      alerts,
    );
});

// tests/faults/brokenForAlerts.test.ts fires them by what they watch, broken on a hub
test('each alert is fired by its case', { skip }, () => {
  const cases = read('deploy/prometheus/alerts.test.yaml');
  for (const { alert } of rules) assert.ok(cases.includes(`alertname="${alert}"`), alert);
  const out = execFileSync(promtool, ['test', 'rules', 'alerts.test.yaml'], { cwd: alertsFolder });
  assert.match(out.toString('utf8'), /SUCCESS/);
});
