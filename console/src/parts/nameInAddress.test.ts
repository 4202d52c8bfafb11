/** A link sent by another person names nothing in a line that its reader copies but what may have such a name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameInAddress } from './nameInAddress.ts';

test('what an address names is a name', () => {
  const known = [
    'pub-security.household',
    'urn:datong:household:1.0',
    '01890000-0000-7000-8000-000000000000',
  ];
  assert.deepEqual(known.map(nameInAddress), known);
  for (const text of ['x;reboot', 'x&y', '$HOME', '$(x)', "'", '`x`', 'a b', 'x|sh', 'x>y', 'x\\y'])
    assert.equal(nameInAddress(text), '…', text);
});
