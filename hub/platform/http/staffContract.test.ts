/** The staff listener as its contract has it: who is not known learns nothing, and whatever is answered has a status, a type and a shape that openapi.yaml names. */
import assert from 'node:assert/strict';
import { Agent, request as httpsRequest } from 'node:https';
import { after, test } from 'node:test';
import request from 'supertest';
import { startStaffHub } from '../../../tests/staffHub.ts';
import { contractAjv } from './contract/contractBackend.ts';
import { readContract, schemeOn, type ContractOperation, type JsonObject } from './contract/contract.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';
import { sideBySide } from '../../../tests/sideBySide.ts';

const hub = await startStaffHub({ strangers: { rate: 1_000, burst: 10_000 } });
const contract = readContract();
const operations = contract.operations.filter(({ listeners }) => listeners.includes('staff'));
const requested = operations.filter((operation) => schemeOn(operation, 'staff') !== undefined);
const token = await hub.token(['operator', 'steward', 'leader']);
// of the three that no one person may be together
const officers = { security: await hub.token(['security']), auditor: await hub.token(['auditor']) };
const ajv = contractAjv(false);
/** One connection for all: a thousand calls do not shake hands a thousand times. */
const lasting = new Agent({ keepAlive: true, ca: hub.ca });
after(() => {
  lasting.destroy();
});

type Reply = Awaited<ReturnType<typeof send>>;
type Headers = Readonly<Record<string, string>>;

function send({ method, path }: ContractOperation, headers: Headers, query = '', body?: object) {
  const address = `${path.replaceAll(/\{[^}]+\}/g, 'nothing-1')}${query}`;
  const agent = request(`https://localhost:${hub.ports.staff}`);
  const sent =
    method === 'GET'
      ? agent.get(address)
      : method === 'DELETE'
        ? agent.delete(address)
        : method === 'PUT'
          ? agent.put(address)
          : agent.post(address);
  return sent.agent(lasting).ca(hub.ca).set(headers).send(body);
}

/** A person of a role that the operation requires. */
function asWhoMay({ scopes }: ContractOperation): { readonly authorization: string } {
  const may = (['operator', 'steward', 'leader'] as const).some((role) => scopes.includes(role));
  const officer = scopes.includes('security') ? officers.security : officers.auditor;
  return { authorization: `Bearer ${may ? token : officer}` };
}
const typeOf = (reply: Reply): string => String(reply.headers['content-type']).split(';', 1)[0] ?? '';
const codeOf = (reply: Reply): unknown => (reply.body as JsonObject)['code'];

/** What the contract says of a status of an operation. */
function declared({ method, path }: ContractOperation, status: number): JsonObject | undefined {
  const item = (contract.document['paths'] as JsonObject)[path] as JsonObject;
  const responses = (item[method.toLowerCase()] as JsonObject)['responses'] as JsonObject;
  return (responses[String(status)] ?? responses['default']) as JsonObject | undefined;
}

function assertConforms(operation: ContractOperation, reply: Reply): void {
  const at = `${operation.operationId}: ${reply.status}`;
  const response = declared(operation, reply.status);
  assert.ok(response, `${at} is not declared`);
  const content = (response['content'] ?? {}) as JsonObject;
  const type = typeOf(reply);
  assert.ok(Object.hasOwn(content, type), `${at}: ${type} is not declared`);
  if (!type.endsWith('json')) return;
  const check = ajv.compile((content[type] as JsonObject)['schema'] as JsonObject);
  assert.ok(check(reply.body), `${at}: ${ajv.errorsText(check.errors)}`);
}

test('an unknown caller gets in nowhere, and receives an answer of the contract', async () => {
  assert.ok(requested.length > 30);
  const strangers: readonly Headers[] = [
    {},
    { authorization: 'Bearer nobody' },
    { authorization: `Basic ${token}` },
  ];
  await sideBySide(requested, async (operation) => {
    for (const headers of strangers) {
      const reply = await send(operation, headers);
      assert.equal(reply.status, 401, operation.operationId);
      assertConforms(operation, reply);
    }
  });
});

test('two credentials are refused by every operation: they could be two persons', async () => {
  const { name } = hub.services.hub.staff.cookie;
  await sideBySide(nonEmpty(requested), async (operation) => {
    const reply = await send(operation, { ...asWhoMay(operation), cookie: `${name}=${'a'.repeat(43)}` });
    assert.equal(codeOf(reply), 'two_credentials', operation.operationId);
  });
});

test('every answer to a person who may do everything has a declared status, type and shape', async () => {
  const succeeded: string[] = [];
  await sideBySide(requested, async (operation) => {
    const reply = await send(
      operation,
      asWhoMay(operation),
      // a page that stays open ends by itself
      operation.stream ? '?seconds=1' : '',
      operation.body === undefined ? undefined : {},
    );
    assertConforms(operation, reply);
    assert.ok(reply.status < 500, `${operation.operationId}: ${reply.text}`);
    if (reply.status < 300) succeeded.push(operation.operationId);
  });
  // lists of an empty hub are answers, too
  assert.ok(succeeded.length >= 8, succeeded.join(', '));
  assert.deepEqual(hub.failures, []);
});

test('every operation refuses a query parameter that the contract does not know', async () => {
  await sideBySide(nonEmpty(requested), async (operation) => {
    const reply = await send(
      operation,
      asWhoMay(operation),
      '?11010519491231002X=1',
      operation.body === undefined ? undefined : {},
    );
    assert.deepEqual([reply.status, codeOf(reply)], [400, 'invalid_request'], operation.operationId);
    assertConforms(operation, reply);
    assert.ok(!reply.text.includes('11010519491231002X'), 'what was sent is not repeated');
  });
});

test('an upload of 50 MB is refused before it is read, with a sentence, and nothing of it is registered', async () => {
  const count = async (): Promise<unknown> =>
    (
      await hub.database.app.query(
        'SELECT (SELECT count(*) FROM schema_version) AS schemas, (SELECT count(*) FROM proposal) AS proposals',
      )
    ).rows[0];
  const before = await count();
  const size = 50 * 2 ** 20;
  const chunk = Buffer.alloc(2 ** 16, 'x');
  /** @returns the code of the answer, and how many bytes went out until it came */
  const upload = (path: string, announced: boolean): Promise<readonly [unknown, number]> =>
    new Promise((done, failed) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(announced ? { 'content-length': String(size) } : { 'transfer-encoding': 'chunked' }),
      };
      let sent = 0;
      let answered = false;
      const call = httpsRequest(
        { host: 'localhost', port: hub.ports.staff, path, method: 'POST', ca: hub.ca, headers },
        (reply) => {
          answered = true;
          reply.setEncoding('utf8');
          let text = '';
          reply.on('data', (part: string) => (text += part));
          reply.on('end', () => {
            call.destroy();
            done([(JSON.parse(text) as { code: unknown }).code, sent]);
          });
        },
      );
      call.on('error', (error) => (answered ? undefined : failed(error)));
      const more = (): void => {
        while (!answered && sent < size) {
          sent += chunk.length;
          if (!call.write(chunk)) return void call.once('drain', () => setImmediate(more));
        }
      };
      call.write('{"document": "');
      more();
    });
  for (const path of ['/v1/schemas', '/v1/schemas/trials', '/v1/code-lists', '/v1/catalogue/imports'])
    for (const announced of [true, false]) {
      const [reported, sent] = await upload(path, announced);
      assert.equal(reported, 'body_too_large', path);
      assert.ok(sent < size / 2, `${sent} bytes of ${path} were taken`);
    }
  assert.deepEqual(await count(), before);
  const next = await request(`https://localhost:${hub.ports.staff}`)
    .get('/v1/schemas')
    .ca(hub.ca)
    .set('authorization', `Bearer ${token}`);
  assert.equal(next.status, 200, 'and goes on');
});
