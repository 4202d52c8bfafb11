/**
 * docs/guides/developer as texts: both languages of a page say the same programs, and each delivery is where the first page says. What the
 * pages show is run in tests/conformance/guides.test.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nouns, shortForms } from '../../clients/cli/nouns.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { root } from '../../scripts/generated.ts';
import { guideSteps, type GuideStep } from './guideSteps.ts';

const folderOfGuides = join(root, 'docs/guides/developer');
const stepsOf = (page: string): readonly GuideStep[] => guideSteps(join(folderOfGuides, page));

for (const name of ['typescript', 'python', 'java', 'shell', 'agent'])
  test(`${name}: both languages say the same programs`, () => {
    const said = programs(stepsOf(`${name}.md`));
    assert.ok(said.length > 0);
    assert.deepEqual(programs(stepsOf(`${name}.zh-CN.md`)), said);
  });

test('each delivery has an address, a command and a call of the SDK', () => {
  const contract = readFileSync(join(root, 'openapi.yaml'), 'utf8');
  for (const page of ['README.md', 'README.zh-CN.md']) {
    const text = readFileSync(join(folderOfGuides, page), 'utf8');
    const rows = [
      ...text.matchAll(/^\| \[.*\]\(\S+\) \| .* \| `(\S+)` \| `datong (\w+ \w+|\w+).*` \| (.*) \|$/gm),
    ];
    assert.equal(rows.length, 7, page);
    for (const [, address = '', verb = '', calls = ''] of rows) {
      assert.ok(contract.includes(`\n  /v1/datasets/{dataset}/${address}:`), address);
      assert.ok(isVerb(verb), verb);
      for (const [, path = ''] of calls.matchAll(/`client\.([\w.]+)`/g)) assert.ok(callable(path), path);
    }
  }
});

/** `rows export`, or a short form that options or names follow. */
function isVerb(words: string): boolean {
  const [first = '', second] = words.split(' ');
  return shortForms.includes(first) || nouns[first]?.parts.some(({ as }) => as === second) === true;
}

/** Whether a client has such a method, its own or of one of its parts. */
function callable(path: string): boolean {
  const [part = '', method] = path.split('.');
  if (method === undefined) return part in DatongClient.prototype;
  const source = readFileSync(join(root, `clients/sdk/${part}.ts`), 'utf8');
  return new RegExp(`^  (?:async )?\\*?${method}\\(`, 'm').test(source);
}

/** What is typed and what is written, comments and the language of sentences apart. */
const programs = (steps: readonly GuideStep[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === 'command') return [step.command];
    if (step.kind === 'carried') return [];
    return [...step.places, step.text.replaceAll(/ *(?:\/\/|#) .*$/gm, '').replaceAll(/\bzh\b/g, 'en')];
  });
