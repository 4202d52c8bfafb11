/** One mapping of problems to exit codes, whichever way a problem reaches a verb. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { problemCatalogue, type ProblemCode } from '../../terms/problemCatalogue.ts';
import { DatongProblem } from '../sdk/datongProblem.ts';
import { DatongRefusal } from './apply/staffCall.ts';
import { exitCode, exitOfProblem } from './exitCode.ts';
import { withHubExit } from './hubExit.ts';
import { namedVerb } from './namedVerb.ts';
import { failureOf, VerbFailure } from './verb.ts';

const codes = Object.keys(problemCatalogue) as readonly ProblemCode[];

test('the codes are those of the contract', () => {
  assert.deepEqual(exitCode, { ok: 0, refused: 1, usage: 2, network: 3, local: 4, verification: 5 });
});

test('a problem has one exit code, found here, refused by the hub or refused to staff', async () => {
  const exitOf = async (work: Promise<never>): Promise<number> => {
    const failure: unknown = await work.catch((error: unknown) => error);
    assert.ok(failure instanceof VerbFailure);
    return failure.exit;
  };
  for (const code of codes) {
    const { status } = problemCatalogue[code];
    const expected = exitOfProblem({ code, status });
    const here = new Problem(code, {});
    const reply = { status, rawHeaders: [], body: Buffer.from(JSON.stringify({ code })) };
    const refusal = new DatongProblem(reply, undefined);
    assert.equal(failureOf(here).exit, expected, code);
    assert.equal(await exitOf(withHubExit(() => Promise.reject(here))), expected, code);
    assert.equal(await exitOf(namedVerb(() => Promise.reject(refusal))), expected, code);
    assert.equal(new DatongRefusal({ status, exchange: undefined, body: { code } }).exit, expected, code);
  }
});

test('each class has its problems', () => {
  const by = (exit: number): readonly ProblemCode[] =>
    codes.filter((code) => exitOfProblem({ code, status: problemCatalogue[code].status }) === exit);
  assert.deepEqual([...by(exitCode.usage)].sort(), ['configuration_invalid', 'port_taken']);
  for (const code of ['reply_signature_invalid', 'reply_receipt_missing', 'backup_unreadable', 'log_shorter'])
    assert.ok(by(exitCode.verification).includes(code as ProblemCode), code);
  for (const code of ['keys_missing', 'authority_malformed', 'anchors_malformed', 'key_malformed'])
    assert.ok(by(exitCode.local).includes(code as ProblemCode), code);
  for (const code of ['database_unavailable', 'log_busy', 'provider_unavailable', 'hub_draining'])
    assert.ok(by(exitCode.network).includes(code as ProblemCode), code);
  for (const code of ['invalid_request', 'signature_invalid', 'grant_missing', 'internal_error'])
    if (code in problemCatalogue) assert.ok(by(exitCode.refused).includes(code as ProblemCode), code);
  assert.ok(by(exitCode.refused).length > 200);
});

test('an address that the hub does not have: the verb may be of a later release; an object that it does not have: its own step', () => {
  const next = { zh: '下一步', en: 'step of the hub' };
  const refused = (code: string, exchange?: string): VerbFailure =>
    new DatongRefusal({ status: 404, exchange, body: { code, next, exchange } });
  for (const code of ['not_found', 'method_not_allowed'])
    assert.match(refused(code).next?.en ?? '', /the hub may be of an earlier release without this operation/);
  assert.equal(refused('not_found', '01a22729-3fed-7134-94a5-d546ca4807ad').next, next);
  assert.equal(refused('invalid_request').next, next);
});
