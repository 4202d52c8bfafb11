import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { VerbFailure } from '../verb.ts';
import { createWitness, openWitness } from './witnessFolder.ts';

const home = fs.mkdtempSync(join(tmpdir(), 'datong-witness-'));
after(() => fs.rmSync(home, { recursive: true, force: true }));

const hasNextStep = (error: unknown): boolean => error instanceof VerbFailure && error.next !== undefined;

test('while one process creates a witness, another one is refused and changes nothing', () => {
  const folder = join(home, 'both');
  const { writeFileSync } = fs;
  const restore = (): void => {
    fs.writeFileSync = writeFileSync;
    syncBuiltinESMExports();
  };
  const seen: unknown[] = [];
  // another process, which lives as long as this one, holds the folder from here on
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, 'lock'), String(process.ppid));
  fs.writeFileSync = (...given) => {
    seen.push(given[0]);
    writeFileSync(...given);
  };
  syncBuiltinESMExports();
  try {
    assert.throws(() => createWitness(folder, 'audit.example/w1'), hasNextStep);
  } finally {
    restore();
  }
  assert.ok(!seen.includes(join(folder, 'witness.vkey')));
  assert.deepEqual(
    ['witness.vkey', 'witness.pem'].filter((name) => fs.existsSync(join(folder, name))),
    [],
  );
});

test('a key that appears while a witness is created is reported as a witness that exists', () => {
  const folder = join(home, 'appears');
  const { writeFileSync } = fs;
  const restore = (): void => {
    fs.writeFileSync = writeFileSync;
    syncBuiltinESMExports();
  };
  fs.writeFileSync = (...given) => {
    if (given[0] === join(folder, 'witness.vkey')) writeFileSync(join(folder, 'witness.pem'), 'of another');
    writeFileSync(...given);
  };
  syncBuiltinESMExports();
  try {
    assert.throws(
      () => createWitness(folder, 'audit.example/w1'),
      (error) => {
        assert.match(String(error), /already/);
        return hasNextStep(error);
      },
    );
  } finally {
    restore();
  }
  assert.equal(fs.readFileSync(join(folder, 'witness.pem'), 'utf8'), 'of another');
});

test('a new witness has the key of its vkey, and its folder is free', () => {
  const folder = join(home, 'new');
  const { vkey } = createWitness(folder, 'audit.example/w1');
  assert.equal(fs.readFileSync(join(folder, 'witness.vkey'), 'utf8').trim(), vkey);
  const witness = openWitness(folder, { lock: true });
  assert.equal(witness.signer.vkey, vkey);
  witness.close();
  assert.throws(() => createWitness(folder, 'audit.example/w2'), /already|已有/);
});

test('drafts with the key, left by a killed process, are removed when the witness starts', () => {
  const folder = join(home, 'drafts');
  createWitness(folder, 'audit.example/w1');
  const draft = join(folder, '.witness.pem.5f2d2a0e-3f1c-4a53-9d6a-6b0a7c0b1d11');
  fs.writeFileSync(draft, 'key');
  openWitness(folder, { lock: true }).close();
  assert.equal(fs.existsSync(draft), false);
});
