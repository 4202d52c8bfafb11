/**
 * docs/guides/developer as texts: both languages of a page say the same programs, and each delivery is where the first page says. What the
 * pages show is run in tests/conformance/guides.test.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { shortForms } from '../../clients/cli/nouns.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { root } from '../../scripts/generated.ts';
import { registerAll } from '../everyVerb.ts';
import { guideSteps, type GuideStep } from './guideSteps.ts';

const program = new Command();
await registerAll(program);
const folderOfGuides = join(root, 'docs/guides/developer');
const stepsOf = (page: string): readonly GuideStep[] => guideSteps(join(folderOfGuides, page));

for (const name of ['typescript', 'python', 'java', 'shell', 'agent'])
  test(`${name}: both languages say the same programs`, () => {
    const english = programs(stepsOf(`${name}.md`));
    assert.ok(english.length > 0);
    assert.deepEqual(programs(stepsOf(`${name}.zh-CN.md`)), english);
  });

test('each delivery has an address, a command and a call of the SDK', () => {
  const contract = readFileSync(join(root, 'openapi.yaml'), 'utf8');
  for (const page of ['README.md', 'README.zh-CN.md']) {
    const text = readFileSync(join(folderOfGuides, page), 'utf8');
    const rows = [
      ...text.matchAll(/^\| \[.*\]\(\S+\) \| .* \| `(\S+)` \| `datong (\w+ \w+|\w+).*` \| (.*) \|$/gm),
    ];
    assert.equal(rows.length, 9, page);
    for (const [, address = '', verb = '', calls = ''] of rows) {
      assert.ok(contract.includes(`\n  /v1/datasets/{dataset}/${address}:`), address);
      assert.ok(isVerb(verb), verb);
      for (const [, path = ''] of calls.matchAll(/`client\.([\w.]+)`/g)) assert.ok(callable(path), path);
    }
    const events = [
      ...text.matchAll(
        /^\| .* \| `(GET|POST) (\/v1\/\S+)`.* \| `datong (\w+ \w+)` \| `client\.([\w.]+)` \|$/gm,
      ),
    ];
    assert.equal(events.length, 3, page);
    for (const [, method = '', address = '', verb = '', path = ''] of events) {
      const place = address.replace('{id}', '{subscription}');
      const [, operations = ''] = contract.split(`\n  ${place}:\n`);
      assert.match(
        operations.split(/\n {2}\//)[0] ?? '',
        new RegExp(`^    ${method.toLowerCase()}:$`, 'm'),
        place,
      );
      assert.ok(isVerb(verb), verb);
      assert.ok(callable(path), path);
    }
  }
});

test('each delivery that a grant can name is in the tables', () => {
  const source = readFileSync(join(root, 'policies/documents/documentSchemas.ts'), 'utf8');
  const [, words = ''] = /^ {2}deliveries: words\(\{ enum: \[(.*)\] \}\)/m.exec(source) ?? [];
  const deliveries = [...words.matchAll(/'(\w+)'/g)].map(([, word = '']) => word);
  assert.ok(deliveries.length >= 7, words);
  for (const page of ['README.md', 'README.zh-CN.md']) {
    const text = readFileSync(join(folderOfGuides, page), 'utf8');
    for (const delivery of deliveries)
      assert.ok(text.includes(`\`deliveries: [${delivery}]\``), `${page}: ${delivery}`);
  }
});

/** `rows export`, or a short form that options or names follow. */
function isVerb(words: string): boolean {
  const [first = '', second] = words.split(' ');
  const noun = program.commands.filter((one) => one.name() === first);
  const verbs = noun.flatMap(({ commands }) => commands.map((one) => one.name()));
  return shortForms.includes(first) || (second !== undefined && verbs.includes(second));
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
