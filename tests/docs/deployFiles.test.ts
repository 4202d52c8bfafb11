/** Files of deploy/ that a program of the machine can check. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { databaseUrl } from '../../clients/cli/init/init.ts';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { nonEmpty } from '../nonEmpty.ts';

const folder = join(import.meta.dirname, '../../deploy');
const units = readdirSync(folder).filter((name) => /\.(?:service|timer)$/.test(name));
const analyze = '/usr/bin/systemd-analyze';

/** @returns what systemd finds in a unit, whose program and user exist here */
function foundIn(name: string, text: string): string {
  const place = mkdtempSync(join(tmpdir(), 'datong-units-'));
  after(() => rmSync(place, { recursive: true, force: true }));
  const unit = join(place, name);
  writeFileSync(
    unit,
    text
      .replaceAll('/opt/node24/bin/node', process.execPath)
      .replaceAll('=datong\n', `=${userInfo().username}\n`),
  );
  const { status, stdout, stderr } = spawnSync(analyze, ['verify', '--man=no', unit], { encoding: 'utf8' });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(unit) || line.includes(name));
  return status === 0 && lines.length === 0 ? '' : `${lines.join('\n')} (exit ${status})`;
}

test('each unit of systemd is sound', { skip: !existsSync(analyze) }, () => {
  for (const name of nonEmpty(units)) {
    const text = readFileSync(join(folder, name), 'utf8');
    assert.equal(foundIn(name, text), '');
    assert.match(foundIn(name, text.replace('[Service]', '[Service]\nRestartSeconds=2')), /RestartSeconds/);
  }
});

test('the services of compose.yaml name volumes and services that it has', () => {
  const { services, volumes } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')) as {
    readonly services: Readonly<
      Record<
        string,
        { readonly volumes?: readonly string[]; readonly depends_on?: object; readonly healthcheck?: object }
      >
    >;
    readonly volumes: object;
  };
  const all = Object.values(services);
  const mounted = all.flatMap((one) => (one.volumes ?? []).map((mount) => mount.split(':')[0] ?? ''));
  assert.deepEqual([...new Set(mounted)].sort(), Object.keys(volumes).sort());
  const needed = all.flatMap((one) => Object.keys(one.depends_on ?? {}));
  assert.deepEqual(needed, ['database']);
  assert.ok(services['database']?.healthcheck, 'it reports when it is ready');
});

test('the first day of compose.yaml gives the hub a database that it can reach without TLS', () => {
  const text = readFileSync(join(folder, 'compose.yaml'), 'utf8');
  const [, address = ''] = /--database "([^"]+)"/.exec(text) ?? [];
  const written = databaseUrl(address.replace('$DATONG_DATABASE_PASSWORD', 'secret'), undefined);
  assert.doesNotMatch(written, /sslmode/);
  const { services } = parse(text) as {
    readonly services: Readonly<Record<string, { readonly volumes: readonly string[] }>>;
  };
  const shared = `socket:${new URL(written).searchParams.get('host') ?? ''}`;
  for (const name of ['hub', 'database']) assert.ok(services[name]?.volumes.includes(shared), name);
});
