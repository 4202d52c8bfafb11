import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signingKey } from '../../../certs/signatures/index.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { LiveProviders } from './liveProviders.ts';

test('a hub that is about to end admits no further connector, so that providers go to another process', () => {
  const providers = new LiveProviders(signingKey(newKeyPair().privateKey), () => 0);
  providers.admit('pub-security');
  providers.stop();
  assert.throws(() => providers.admit('pub-security'), { code: 'hub_draining' });
});

test('a worker that shares its port with others admits no connector', () => {
  const providers = new LiveProviders(signingKey(newKeyPair().privateKey), () => 0, { connectors: 0 });
  assert.throws(() => providers.admit('pub-security'), { code: 'connectors_one_process' });
});
