/** Keys that a person names to verify something: without any, nothing would be verified. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { exitCode, VerbFailure } from './verb.ts';
import { readVerificationKeys } from './verificationKeys.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-keys-'));
after(() => rmSync(folder, { recursive: true }));

test('a set without a key is refused, as text and in a file', () => {
  const file = join(folder, 'anchors.json');
  for (const text of ['{"keys":[]}', '{"jwks":{"keys":[]}}']) {
    writeFileSync(file, text);
    for (const given of [text, file])
      assert.throws(
        () => readVerificationKeys(given),
        (error) => error instanceof VerbFailure && error.exit === exitCode.local,
        given,
      );
  }
  const jwk = newKeyPair().publicKey.export({ format: 'jwk' });
  assert.equal(readVerificationKeys(JSON.stringify({ keys: [jwk] })).length, 1);
});
