import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { testDatabase } from '../../../tests/database.ts';
import type { Pool } from '../../platform/database/database.ts';
import { Follower } from './follower.ts';

const database = await testDatabase();

/** The pool of a database whose sessions are refused while `refused` is set. */
function poolOf(refused: () => Problem | undefined): Pool {
  return new Proxy(database.app, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        const problem = refused();
        if (problem !== undefined) return Promise.reject(problem);
        return Reflect.apply(member, target, given);
      };
    },
  });
}

for (const code of ['standby_missing', 'database_session', 'database_not_durable', 'clock_skew'] as const)
  test(`a session refused as ${code} halts nothing: the entries are read back when the database can be used again`, async () => {
    let refused: Problem | undefined = new Problem(code);
    const halts: string[] = [];
    const follower = new Follower(
      poolOf(() => refused),
      (problem) => halts.push(problem.code),
    );
    // an entry that is not there: reading it back halts the log
    follower.wrote(0, [randomBytes(32)]);
    await follower.look();
    assert.deepEqual(halts, []);
    refused = undefined;
    await follower.look();
    assert.deepEqual(halts, ['log_inconsistent']);
  });
