/** The examples of clients/examples against the conformance kit, every case of it: `npm test -- tests/conformance`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { clientCases } from '../../clients/cli/conformance/clientCases.ts';
import { playClient } from '../../clients/cli/conformance/playClient.ts';
import { compileJava, languagesIn, skipOf } from '../docs/languages.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-languages-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const languages = languagesIn(folder);
compileJava(languages, folder);

for (const language of languages) {
  test(`${language.name}: passes the ${clientCases.length} cases`, { skip: skipOf(language) }, async () => {
    assert.ok(language.command !== undefined, `this machine has no ${language.needs}`);
    const command = language.command.map((word) => `'${word}'`).join(' ');
    const played = await playClient({ command, cases: clientCases, atOnce: 2 });
    assert.equal(played.length, clientCases.length);
    assert.deepEqual(
      played.flatMap(({ findings }) => findings),
      [],
    );
  });
}
