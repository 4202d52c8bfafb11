/** What a department queries about its own exchanges, over real mutual TLS with signed requests. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { describe, test } from 'node:test';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { ExchangeDiagnosis, ExchangePage, OwnExchange } from '../../clients/sdk/exchanges.ts';
import type { Answer } from '../../clients/sdk/types.ts';
import { parseAnchors } from '../../log/anchors.ts';
import { verifyReceipt } from '../../log/receipt/verifyReceipt.ts';
import { answerFault } from '../../tests/contractAnswers.ts';
import type { Machine } from '../../tests/hub.ts';
import { cityHub } from '../../tests/cityHub.ts';

const {
  hub,
  city: { education, ecology, publicSecurity },
} = await cityHub();

async function refusal(ask: Promise<unknown>): Promise<DatongProblem> {
  const problem = await ask.then(
    () => assert.fail('was answered'),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof DatongProblem, String(problem));
  return problem;
}

const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};

describe('the receipt of an exchange', () => {
  test('is fetched again by the department whose exchange it was, and proves the entry', async () => {
    const denied = await refusal(
      education.client.query('pub-security.household', { fields: ['income'] }, context),
    );
    const answer = await education.client.receipt(denied.exchange ?? '');
    assert.equal(answerFault('getReceipt', 200, answer.json), '');
    const anchors = parseAnchors(await education.client.anchorsDocument());
    const check = verifyReceipt(JSON.stringify(answer.json), { anchors });
    assert.equal(check.ok, true, JSON.stringify(check));
  });

  test('of another department is as unknown as one that never was', async () => {
    const own = await refusal(
      education.client.query('pub-security.household', { fields: ['income'] }, context),
    );
    const foreign = await refusal(ecology.client.receipt(own.exchange ?? ''));
    const never = await refusal(ecology.client.receipt('01890000-0000-7000-8000-000000000000'));
    assert.deepEqual([foreign.status, foreign.code], [404, 'not_found']);
    assert.deepEqual(
      [foreign.text, foreign.next, foreign.at, foreign.findings],
      [never.text, never.next, never.at, never.findings],
    );
  });
});

describe('the diagnosis of an exchange', () => {
  const deniedOne = (): Promise<DatongProblem> =>
    refusal(education.client.query('pub-security.household', { fields: ['income'] }, context));
  const reported = async (machine: Machine, exchange: string): Promise<ExchangeDiagnosis> => {
    const { json } = await machine.client.diagnoseExchange(exchange);
    assert.equal(answerFault('diagnoseExchange', 200, json), '');
    return json;
  };

  test('shows its department who was proven, what was requested, and why it was denied, in the text of the refusal', async () => {
    const denied = await deniedOne();
    const diagnosis = await reported(education, denied.exchange ?? '');
    assert.deepEqual(
      [diagnosis.as, diagnosis.decision, diagnosis.code, diagnosis.status, diagnosis.who],
      ['own', 'deny', 'field_not_granted', denied.status, denied.who],
    );
    assert.deepEqual(
      diagnosis.steps.map(({ step, ok }) => [step, ok]),
      [
        ['sender', true],
        ['asked', true],
        ['decision', false],
        ['log', true],
      ],
    );
    const [sender, requested, decision] = diagnosis.steps;
    assert.match(sender?.detail.en ?? '', /^education, by certificate and signature \(key /);
    assert.match(
      requested?.detail.en ?? '',
      /agr-school-enrolment, purpose school-enrolment, official official-17/,
    );
    assert.deepEqual(decision?.next, denied.next);
  });

  test('shows the provider the same except official and case number, and no other party that there was one', async () => {
    const own = await reported(education, (await deniedOne()).exchange ?? '');
    const provider = await reported(publicSecurity, own.exchange);
    assert.deepEqual([provider.as, provider.code, provider.consumer], ['provider', own.code, 'education']);
    assert.doesNotMatch(JSON.stringify(provider), /official-17|YX-2026/);
    const foreign = await refusal(ecology.client.diagnoseExchange(own.exchange));
    const never = await refusal(ecology.client.diagnoseExchange('01890000-0000-7000-8000-000000000000'));
    assert.deepEqual([foreign.status, foreign.code], [404, 'not_found']);
    assert.deepEqual(
      [foreign.text, foreign.next, foreign.findings],
      [never.text, never.next, never.findings],
    );
  });

  test('of an answer names fields with their masks, what was withheld and why, and how many rows left', async () => {
    const { exchange } = await publicSecurity.client.sendFile(
      'pub-security.household',
      householdFile(5, 3).bytes,
      { mapping: 'household', fileName: 'five.csv' },
    );
    const sent = await reported(publicSecurity, exchange);
    assert.deepEqual([sent.as, sent.decision, sent.operation], ['own', 'allow', 'commitBatch']);
    const [person] = householdFile(5, 3).good;
    const answer = await education.client.query(
      'pub-security.household',
      { filter: [{ field: 'person_id', op: 'eq', value: person?.id ?? '' }] },
      context,
    );
    const diagnosis = await reported(education, answer.exchange);
    const left = diagnosis.steps.find(({ step }) => step === 'answer');
    assert.match(left?.detail.en ?? '', /^[01] rows left$/);
    assert.ok(
      left?.facts?.some((fact) => /^name: /.test(fact)),
      JSON.stringify(left),
    );
    assert.doesNotMatch(JSON.stringify(diagnosis), new RegExp(person?.id ?? '-'));
  });

  test('of a call without a proven signature is shown to the department of the certificate as such', async () => {
    const { tls } = education;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = httpsRequest(
        `${hub.hub.origins.exchange}/v1/exchanges`,
        { ca: hub.ca, ...tls, agent: false },
        resolve,
      );
      sent.on('error', reject).end();
    });
    response.resume();
    const exchange = String(response.headers['datong-exchange-id']);
    const diagnosis = await reported(education, exchange);
    assert.deepEqual(
      diagnosis.steps.map(({ step, ok }) => [step, ok]),
      [
        ['sender', false],
        ['decision', false],
        ['log', true],
      ],
    );
    assert.match(diagnosis.steps[0]?.detail.en ?? '', /the certificate is education's/);
  });
});

describe('the list of exchanges', () => {
  const listed = async (machine: Machine, page: ExchangePage = {}): Promise<readonly OwnExchange[]> => {
    const { json } = await machine.client.exchanges(page);
    assert.equal(answerFault('listExchanges', 200, json), '');
    return json.exchanges;
  };

  test('holds what a department did, the newest first, and never what others asked of its data', async () => {
    const { exchange: uploaded } = await publicSecurity.client.sendFile(
      'pub-security.household',
      householdFile(5, 3).bytes,
      { mapping: 'household', fileName: 'five.csv' },
    );
    const denied = await refusal(
      education.client.query('pub-security.household', { fields: ['income'] }, context),
    );
    const [newest] = await listed(education);
    assert.deepEqual(
      [newest?.exchange, newest?.decision, newest?.code, newest?.dataset],
      [denied.exchange, 'deny', denied.code, 'pub-security.household'],
    );
    const indexes = (await listed(education)).map(({ index }) => index);
    assert.deepEqual(
      indexes,
      [...indexes].sort((a, b) => b - a),
    );
    const ids = (await listed(publicSecurity)).map(({ exchange }) => exchange);
    assert.ok(ids.includes(uploaded) && !ids.includes(denied.exchange ?? ''));
    assert.ok(!(await listed(ecology)).some(({ dataset }) => dataset === 'pub-security.household'));
  });

  test('is paged, filtered, and continued from an index', async () => {
    const { json: first } = await education.client.exchanges({ limit: 1 });
    assert.equal(first.exchanges.length, 1);
    const last = first.exchanges[0]?.index ?? 0;
    const { json: second } = await education.client.exchanges({ limit: 1, cursor: first.nextCursor ?? '' });
    assert.ok((second.exchanges[0]?.index ?? last) < last);
    const since = await listed(education, { after: last });
    assert.ok(since.length >= 2 && since.every(({ index }) => index > last));
    const denials = await listed(education, { decision: 'deny' });
    assert.ok(denials.length > 0 && denials.every(({ decision }) => decision === 'deny'));
    const looks = await listed(education, { operation: 'listExchanges' });
    assert.ok(looks.length > 2 && looks.every(({ operation }) => operation === 'listExchanges'));
    const about = await listed(education, { dataset: 'pub-security.household' });
    assert.ok(about.length > 0 && about.every(({ dataset }) => dataset === 'pub-security.household'));
    for (const cursor of ['Kg', Buffer.from('-1').toString('base64url')])
      assert.equal((await refusal(education.client.exchanges({ cursor }))).code, 'cursor_invalid');
  });
});

test('a decision is explained without a row, for the caller', async () => {
  const explained: Answer<unknown> = await education.client.explain(
    'pub-security.household',
    { fields: ['income'] },
    context,
  );
  assert.equal(answerFault('explainDecision', 200, explained.json), '');
  const { effect, code } = explained.json as { effect: string; code: string };
  assert.deepEqual([effect, code], ['deny', 'field_not_granted']);
  const stranger = await ecology.client.explain('pub-security.household', {}, context);
  assert.equal((stranger.json as { effect: string }).effect, 'deny');
});

test('a diagnosis reports every stage and the signature base', async () => {
  const { diagnosis, difference } = await education.client.diagnose();
  assert.equal(answerFault('diagnose', 200, diagnosis), '');
  assert.deepEqual([diagnosis.ok, difference], [true, undefined]);
});

test('a certificate is not renewed before half of its life', async () => {
  const csr = await createCertificateRequest(newKeyPair());
  assert.equal((await refusal(education.client.certificate.renew(csr))).code, 'certificate_not_renewable');
});
