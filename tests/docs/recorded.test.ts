/** The examples of /docs: one of every operation, as the contract says, in both languages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { contractFile, readContract, type JsonObject } from '../../hub/platform/http/contract/contract.ts';
import { curlExamples, recordedExamples } from '../../hub/platform/http/contract/curlExample.ts';
import { docsDocument } from '../../hub/platform/http/contract/docsDocument.ts';
import { answerFault, operationAt } from '../contractAnswers.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { checksByOperation } from '../requestChecks.ts';

const examples = recordedExamples();
const checks = await checksByOperation();
/** One call each; what opens a connection is described in docs/live.md, by its commands. */
const operations = readContract().operations.filter(({ connection }) => !connection);

test('every operation has a recorded call, request and answer are as the contract says', () => {
  // scripts/examples/recordExamples.ts takes calls of any test that makes them
  assert.deepEqual(
    operations.map(({ operationId }) => operationId).filter((id) => !Object.hasOwn(examples, id)),
    [],
    'record a call of each: docs/how-to/add-an-operation.md, step 7',
  );
  assert.deepEqual(Object.keys(examples).sort(), operations.map(({ operationId }) => operationId).sort());
  for (const operation of nonEmpty(operations)) {
    const { operationId } = operation;
    const { method, path, body, status, type, answer } = examples[operationId] ?? assert.fail(operationId);
    assert.equal(operationAt(method, path), operationId);
    if (type.startsWith('application/json')) assert.equal(answerFault(operationId, status, answer), '');
    if (body === undefined) continue;
    const sent = ['content-type', 'application/json'];
    assert.doesNotThrow(
      () => checks.get(operationId)?.body(sent, Buffer.from(JSON.stringify(body))),
      operationId,
    );
  }
});

test('no example holds a private key or an identity number that is not invented', () => {
  const text = JSON.stringify(examples);
  assert.doesNotMatch(text, /PRIVATE KEY|"d":"/);
  for (const [number] of text.matchAll(/(?<![.\d])\d{17}[\dX]\b/g)) assert.match(number, /^99/);
});

test('the page shows them in both languages', () => {
  const source = parse(readFileSync(contractFile, 'utf8')) as JsonObject;
  for (const language of ['zh', 'en'] as const) {
    const document = docsDocument(source, language);
    const paths = document['paths'] as Record<string, Record<string, JsonObject>>;
    for (const operation of nonEmpty(operations)) {
      const { operationId, path, method } = operation;
      const shown = paths[path]?.[method.toLowerCase()] ?? assert.fail(operationId);
      const example = examples[operationId] ?? assert.fail(operationId);
      assert.equal(/\p{Script=Han}/u.test(String(shown['summary'])), language === 'zh', operationId);
      assert.ok(String(shown['description']).includes(`${method} ${example.path}`));
      for (const { command } of curlExamples(operation, example))
        assert.ok(String(shown['description']).includes(`\`\`\`sh\n${command}\n\`\`\``), operationId);
    }
    const query = paths['/v1/datasets/{dataset}/query']?.['post'] as JsonObject;
    const text = JSON.stringify([query['requestBody'], query['responses']]);
    assert.ok(
      text.includes(JSON.stringify(examples['queryDataset']?.answer)),
      'beside the schema of the answer',
    );
    for (const { name, description } of document['tags'] as Record<string, string>[])
      assert.equal(/\p{Script=Han}/u.test(description ?? ''), language === 'zh', name);
  }
});
