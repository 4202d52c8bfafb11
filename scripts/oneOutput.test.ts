/** Only the output modules write to the terminal: what the rule of eslint.config.mjs refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { oneOutput } from './oneOutput.mjs';

const parser = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } };

const findings = (text: string, file: string): number =>
  new Linter().verify(text, [parser, ...oneOutput], file).length;

test('stdout and stderr are written by the output modules alone', () => {
  for (const file of ['clients/cli/reading/datasets.ts', 'hub/jobs.ts', 'machine/clock.ts'])
    for (const text of [
      "process.stdout.write('x')",
      "process.stderr.write('x')",
      'const { stdout } = process',
      "process['stdout'].write('x')",
    ])
      assert.equal(findings(text, file), 1, `${file}: ${text}`);
  for (const text of [
    "writeSync(1, 'x')",
    "writeFileSync('/dev/stdout', 'x')",
    "createWriteStream('/dev/tty')",
    "spawn('x', [], { stdio: 'inherit' })",
    "spawn('x', [], { stdio: ['ignore', 'inherit'] })",
  ])
    assert.equal(findings(text, 'clients/cli/serve.ts'), 1, text);
  for (const file of ['clients/cli/output.ts', 'hub/report.ts'])
    assert.equal(findings("process.stderr.write('x')", file), 0, file);
  assert.equal(findings("writeFileSync(output, 'x')", 'clients/cli/serve.ts'), 0);
});
