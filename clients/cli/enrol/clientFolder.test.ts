import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { clientFiles, writeSecret, writeWhole } from './clientFolder.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-client-'));
after(() => rmSync(home, { recursive: true, force: true }));
/** above the largest pid of Linux */
const dead = 4_194_305;

test('drafts with a key, left by a killed process, are removed when keys or a certificate are written', () => {
  for (const write of [
    (folder: string) => writeSecret(folder, clientFiles.tlsKey, 'new'),
    (folder: string) => writeWhole(folder, clientFiles.tlsKey, 'new'),
  ]) {
    const folder = mkdtempSync(join(home, 'left-'));
    const keys = join(folder, 'datong-keys');
    mkdirSync(keys);
    const left = [dead, process.pid].map((pid) => `tls-1.key.pem.${pid}.new`);
    const old = [`.tls.key.pem.${randomUUID()}`, ...left];
    const others = ['hub-root.pem', `tls-1.key.pem.${process.ppid}.new`, `tls-2.key.pem.${dead}.new`];
    for (const name of [...old, ...others]) writeFileSync(join(keys, name), 'key');
    for (const name of [...old, ...others.slice(0, 2)]) utimesSync(join(keys, name), 1, 1);
    write(folder);
    assert.deepEqual(readdirSync(keys).sort(), [...others, 'tls.key.pem'].sort());
  }
});
