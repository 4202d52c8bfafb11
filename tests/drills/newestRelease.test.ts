import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newestRelease } from './newestRelease.ts';

test('the upgrade drill begins at the newest tag of a release, not at any tag', (t) => {
  const repository = mkdtempSync(join(tmpdir(), 'datong-tags-'));
  t.after(() => rmSync(repository, { recursive: true }));
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: repository,
      stdio: 'pipe',
    });
  const commit = (): unknown => git('commit', '--quiet', '--allow-empty', '--message', 'next');
  git('init', '--quiet');
  commit();
  git('tag', 'joined-1');
  git('tag', 'verified');
  assert.equal(newestRelease(repository), undefined);
  git('tag', 'v0.1.0');
  commit();
  git('tag', 'v0.2.0');
  commit();
  git('tag', 'joined-2');
  assert.equal(newestRelease(repository), 'v0.2.0');
});
