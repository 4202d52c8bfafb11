import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintFromString, createConfig } from '@redocly/openapi-core';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Problem } from '../../../../terms/problem.ts';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { bodiesInFlight, smallBody } from '../bodies/bodiesInFlight.ts';
import { readBody } from '../bodies/readBody.ts';
import { Unlogged } from '../../../pipeline/unlogged.ts';
import {
  checkHandlers,
  contractFile,
  contractOf,
  documentOf,
  listeners,
  operationsOf,
  readContract,
  type JsonObject,
} from './contract.ts';
import { checksByOperation } from '../../../../tests/requestChecks.ts';
import type { RequestFinding } from './requestFindings.ts';
import { parseStrictJson } from '../bodies/jsonBody.ts';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';

const contract = readContract();
const checks = await checksByOperation();
const batch = '01890000-0000-7000-8000-000000000000';
/** path parameters of the operations whose query and headers are tested */
const pathsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  getQuarantine: { batch },
  getBatch: { batch },
  queryDataset: { dataset: 'pub-security.household' },
};
const source = (): JsonObject => parse(readFileSync(contractFile, 'utf8')) as JsonObject;
const operationIn = (document: JsonObject, path: string, method: string): JsonObject =>
  ((document['paths'] as JsonObject)[path] as JsonObject)[method] as JsonObject;

test('no object of the contract is without a shape', () => {
  const shapes = ['properties', 'oneOf', 'anyOf', 'allOf', '$ref'];
  const bare = (at: string, node: unknown): readonly string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const members = node as JsonObject;
    const shaped =
      shapes.some((word) => members[word] !== undefined) ||
      typeof members['additionalProperties'] === 'object' ||
      members['maxProperties'] === 0;
    const here = [members['type']].flat().includes('object') && !shaped ? [at] : [];
    return [...here, ...Object.entries(members).flatMap(([name, inner]) => bare(`${at}/${name}`, inner))];
  };
  assert.deepEqual(bare('', { a: [{ type: 'object' }] }), ['/a/0'], 'the search finds one');
  assert.deepEqual(bare('', source()), []);
});

/** Lists that are returned whole, and why none of them grows without end. */
const reportedWhole: Readonly<Record<string, string>> = {
  listBoardRows: 'at most 500, the largest first; the answer says that it was cut',
  listBoardItems: 'at most 500, overdue ones first; the answer says that it was cut',
  listBatchProblems: 'of the rows that quarantine keeps, which are bounded',
  listOwnOffers: 'what departments offer to look at, a few; no page in which a person could lose one',
  listOwnCases:
    'its cursor holds a key and is sealed; pages have one size, which the page of the person does not choose',
  listReminderAddresses: 'of one person',
  listPasskeys: 'of one person',
  listSavedSearches: 'of one person',
  listCaseDatasets: 'datasets with cases of the caller’s departments, a few',
  listEntries: 'entries have numbers: `from` and `limit` say which',
  listDestructions: 'units have numbers: `from` says where, `next` where it goes on',
};

test('every list continues by a cursor and takes a limit, except those that are returned whole for a reason', () => {
  const paths = source()['paths'] as Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  const lists = Object.values(paths).flatMap(({ get }) =>
    String(get?.['operationId']).startsWith('list') && get !== undefined ? [get] : [],
  );
  assert.ok(lists.length > 30, `${lists.length} lists`);
  const whole = lists.flatMap(({ operationId, parameters = [] }) => {
    const taken = (parameters as readonly JsonObject[]).map((one) => one['$ref'] ?? one['name']);
    const goesOn = ['cursor', 'pageSize'].every((name) => taken.includes(`#/components/parameters/${name}`));
    return goesOn ? [] : [String(operationId)];
  });
  assert.deepEqual(whole.sort(), Object.keys(reportedWhole).sort());
});

describe('the boot refuses a contract', () => {
  const broken = (change: (operation: JsonObject) => void) => () => {
    const document = source();
    change(operationIn(document, '/v1/purposes', 'post'));
    return contractOf(document);
  };
  const cases: readonly (readonly [string, (operation: JsonObject) => void, RegExp])[] = [
    ['without operationId', (operation) => delete operation['operationId'], /has no operationId/],
    [
      'without x-listener',
      (operation) => delete operation['x-listener'],
      /registerPurpose has no x-listener/,
    ],
    ['with an unknown listener', (operation) => (operation['x-listener'] = 'public'), /x-listener/],
    [
      'without security',
      (operation) => delete operation['security'],
      /registerPurpose must declare security/,
    ],
    [
      'with alternatives of security',
      (operation) => (operation['security'] = [{}, { staffToken: [] }]),
      /at most one/,
    ],
    ['of the staff listener without scopes', (operation) => delete operation['x-scopes'], /x-scopes/],
    ['that doubles an operationId', (operation) => (operation['operationId'] = 'enrol'), /enrol is doubled/],
  ];
  for (const [name, change, message] of cases) test(name, () => assert.throws(broken(change), message));

  test('unless an operation of two listeners says the security of each', () => {
    const document = source();
    const operation = operationIn(document, '/v1/purposes', 'post');
    operation['x-listener'] = ['exchange', 'staff'];
    assert.throws(() => contractOf(document), /security for exchange/);
    operation['security'] = [{ signedRequest: [] }, { staffToken: [] }];
    const read = contractOf(document);
    for (const listener of ['exchange', 'staff'] as const) {
      assert.ok(operationsOf(read, listener).some(({ operationId }) => operationId === 'registerPurpose'));
      assert.ok(JSON.stringify(documentOf(read, listener)['paths']).includes('"registerPurpose"'));
    }
    assert.ok(!operationsOf(read, 'open').some(({ operationId }) => operationId === 'registerPurpose'));
    operation['security'] = [{ signedRequest: [] }, { clientCertificate: [] }];
    assert.throws(() => contractOf(document), /at most one/);
  });

  test('with a reference to nothing', () => {
    const document = source();
    operationIn(document, '/v1/purposes', 'post')['parameters'] = [{ $ref: '#/components/parameters/none' }];
    assert.throws(() => contractOf(document), /names nothing/);
  });

  test('with references that lead back to themselves', () => {
    const document = source();
    const schemas = (document['components'] as JsonObject)['schemas'] as JsonObject;
    Object.assign(schemas, { One: { items: { $ref: '#/components/schemas/Other' } } });
    Object.assign(schemas, { Other: { title: 'other', $ref: '#/components/schemas/One' } });
    assert.throws(
      () => contractOf(document),
      /schemas\/One refers to itself|schemas\/Other refers to itself/,
    );
  });

  test('whose operations and handlers differ', () => {
    const handlers = Object.fromEntries(
      listeners.map((listener) => [listener, operationsOf(contract, listener).map((one) => one.operationId)]),
    );
    checkHandlers(contract, handlers);
    assert.throws(
      () => checkHandlers(contract, { ...handlers, admin: ['healthz', 'readyz'] }),
      /no handler on admin for metrics/,
    );
    assert.throws(
      () => checkHandlers(contract, { ...handlers, open: [...(handlers['open'] ?? []), 'queryDataset'] }),
      /handlers on open without operation: queryDataset/,
    );
  });
});

describe('openapi.yaml', () => {
  test('is OpenAPI 3.1 by its own rules', async () => {
    const problems = await lintFromString({
      source: readFileSync(contractFile, 'utf8'),
      config: await createConfig({
        extends: ['minimal'],
        rules: { struct: 'error', 'no-unresolved-refs': 'error', 'operation-operationId-unique': 'error' },
      }),
    });
    assert.deepEqual(
      problems.map((problem) => problem.message),
      [],
    );
  });

  test('leaves nothing of another listener in the part of one', () => {
    for (const listener of nonEmpty(listeners)) {
      const text = JSON.stringify(documentOf(contract, listener)['paths']);
      for (const other of nonEmpty(contract.operations)) {
        assert.equal(
          text.includes(`"${other.operationId}"`),
          other.listeners.includes(listener),
          other.operationId,
        );
      }
    }
    const strange = {
      exchange: 'staffToken',
      open: 'signedRequest',
      staff: 'signedRequest',
      citizen: 'staffToken',
      admin: 'staffToken',
    };
    for (const listener of listeners)
      assert.ok(
        !JSON.stringify(documentOf(contract, listener)['paths']).includes(`"${strange[listener]}"`),
        listener,
      );
  });

  test('requires a signed request on the exchange listener and a token on the staff listener, everywhere', () => {
    const wanted = {
      exchange: ['signedRequest'],
      staff: ['staffToken'],
      citizen: ['ownSession'],
      open: [],
      admin: [],
    };
    const signingIn = [
      'acceptInvitation',
      'showSignIn',
      'askForPasskey',
      'askForAccount',
      'signInByAccount',
      'signInByPasskey',
      'signInByCode',
      'signInAsDemo',
      'beginOwnSession',
    ];
    for (const { operationId, listeners: on, security } of nonEmpty(contract.operations)) {
      // asked by those whose signature is refused
      const requested = operationId === 'diagnose' ? ['clientCertificate'] : on.flatMap((one) => wanted[one]);
      // the caller who signs in has no credential yet; the list is short and written here, so that it does not grow unseen
      if (signingIn.includes(operationId)) {
        assert.deepEqual(security, [], operationId);
        continue;
      }
      assert.deepEqual(security, requested, operationId);
    }
  });

  test('puts every path below /v1 but the few that are named', () => {
    for (const { path } of nonEmpty(contract.operations)) {
      assert.match(path, /^\/(v1\/|\.well-known\/|healthz$|readyz$|metrics$)/);
    }
  });

  test('closes every object that a request may hold, and bounds its lists and texts', () => {
    const open: string[] = [];
    const visit = (schema: unknown, at: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { type, properties, additionalProperties, maxItems, ...text } = schema as JsonObject;
      // documents with rules of their own say so
      if (properties !== undefined && (additionalProperties ?? true) === true) open.push(at);
      if (type === 'array' && maxItems === undefined) open.push(`${at} (maxItems)`);
      const bounded = ['maxLength', 'pattern', 'format', 'enum'].some((bound) => text[bound] !== undefined);
      if (type === 'string' && !bounded) open.push(`${at} (length)`);
      for (const [name, member] of Object.entries(schema)) visit(member, `${at}/${name}`);
    };
    for (const { operationId, body, parameters } of contract.operations) {
      for (const schema of body?.content.values() ?? []) visit(schema, operationId);
      for (const parameter of parameters) visit(parameter.schema, `${operationId}?${parameter.name}`);
    }
    assert.deepEqual(open, []);
  });
});

const refusal = (action: () => unknown): Problem => {
  let caught: unknown;
  assert.throws(action, (error) => {
    caught = error;
    return true;
  });
  return caught as Problem;
};
const findings = (problem: Problem): RequestFinding[] => problem.extras.findings as RequestFinding[];
const json = ['Content-Type', 'application/json'];
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('a request', () => {
  const checksOf = (operationId: string) => {
    const found = checks.get(operationId) ?? assert.fail(operationId);
    const params = pathsOf[operationId] ?? {};
    return {
      query: (query: string) => found.head({ params, query, headers: {} }),
      headers: (headers: IncomingHttpHeaders) => found.head({ params, query: '', headers }),
      body: found.body.bind(found),
    };
  };

  test('with an unknown member is refused by every operation that takes JSON', () => {
    const takesJson = contract.operations.filter(
      // rows of a call are validated one by one, against the schema of their dataset
      ({ operationId, anyBody, body }) =>
        operationId !== 'pushRows' && !anyBody && body?.content.has('application/json') === true,
    );
    for (const operation of nonEmpty(takesJson)) {
      const problem = refusal(() => checksOf(operation.operationId).body(json, bytes({ zzUnknown: 1 })));
      assert.equal(problem.code, 'invalid_request', operation.operationId);
      assert.ok(
        findings(problem).some(
          ({ message }) => message.en.includes('zzUnknown') && /未|不|缺/.test(message.zh),
        ),
        operation.operationId,
      );
    }
  });

  test('with an unknown, doubled or malformed query parameter is refused', () => {
    const checks = checksOf('getQuarantine');
    assert.deepEqual({ ...checks.query('after=3&limit=1000') }, { after: '3', limit: '1000' });
    assert.equal(findings(refusal(() => checks.query('page=1')))[0]?.pointer, '/query/page');
    assert.equal(findings(refusal(() => checks.query('after=1&after=2')))[0]?.rule, 'doubled');
    assert.equal(findings(refusal(() => checks.query('limit=1001')))[0]?.pointer, '/query/limit');
    assert.equal(findings(refusal(() => checks.query('limit=')))[0]?.pointer, '/query/limit');
    assert.equal(findings(refusal(() => checks.query('张三=1')))[0]?.pointer, '/query/*');
    assert.equal(refusal(() => checksOf('getBatch').query('__proto__=1')).code, 'invalid_request');
  });

  test('without a body where there must be one, or with one where there is none, is refused', () => {
    assert.equal(
      refusal(() => checksOf('queryDataset').body(json, new Uint8Array())).code,
      'invalid_request',
    );
    assert.equal(refusal(() => checksOf('getBatch').body([], bytes({}))).code, 'invalid_request');
    assert.equal(
      refusal(() => checksOf('queryDataset').body(['content-type', 'text/csv'], bytes({}))).code,
      'unsupported_media_type',
    );
    assert.equal(
      checksOf('putBatchPart').body(['content-type', 'application/octet-stream'], bytes({})),
      undefined,
    );
  });

  test('names of filters decide their shape', () => {
    const body = (filter: unknown) => () => checksOf('queryDataset').body(json, bytes({ filter: [filter] }));
    body({ field: 'a', op: 'eq', value: 'x' })();
    body({ field: 'a', op: 'range', value: { gte: 1, lt: 5 } })();
    for (const wrong of [
      { field: 'a', op: 'eq', value: ['x'] },
      { field: 'a', op: 'eq', value: null },
      { field: 'a', op: 'in', value: [] },
      { field: 'a', op: 'in', value: [{}] },
      { field: 'a', op: 'range', value: {} },
      { field: 'a', op: 'like', value: 'x' },
      { field: 'a b', op: 'eq', value: 'x' },
      { field: 'a', op: 'eq', value: 'x', not: true },
    ]) {
      assert.equal(refusal(body(wrong)).code, 'invalid_request', JSON.stringify(wrong));
    }
  });

  test('with a malformed signed header is refused before it could reach the log', () => {
    const checks = checksOf('queryDataset');
    checks.headers({ 'datong-matter': 'BJ-2026-0001', 'datong-on-behalf-of': 'official:42' });
    checks.headers({ 'datong-matter': encodeURIComponent('京教〔2026〕1号') });
    const problem = refusal(() => checks.headers({ 'datong-matter': '张三的案子' }));
    assert.equal(problem.extras.at, '/header/datong-matter');
    assert.ok(!JSON.stringify(problem.extras).includes('张三'));
  });
});

test('JSON is read as every other reader would read it', () => {
  const read = (text: string) => () => parseStrictJson(Buffer.from(text));
  assert.deepEqual(read('{"a":[{"b":1},{"b":2}],"c":{"a":"{\\"a\\":1,\\"a\\":2}"}}')(), {
    a: [{ b: 1 }, { b: 2 }],
    c: { a: '{"a":1,"a":2}' },
  });
  for (const wrong of [
    '',
    '{',
    '{"a":1,"a":1}',
    '{"x":{"a":1,"a" : 2}}',
    '{"\\u0061":1,"a":2}',
    '{"__proto__":1}',
    '\ufeff{}',
  ]) {
    assert.equal(refusal(read(wrong)).code, 'malformed_json', wrong);
  }
  assert.equal(refusal(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).code, 'malformed_json');
});

test('numbers that a double cannot represent are refused, each at its pointer; a name that may be personal is not shown', () => {
  const read = (text: string) => () => parseStrictJson(Buffer.from(text));
  assert.deepEqual(read('{"id":"990101197610118739","n":9007199254740992,"m":0.30000000000000004}')(), {
    id: '990101197610118739',
    n: 9007199254740992,
    m: 0.1 + 0.2,
  });
  const text =
    '{"set":{"cost":9007199254740993,"张三":1e400},"rows":[{"pm25":1},{"pm25":0.12345678901234567890}]}';
  const { code, extras } = refusal(read(text));
  assert.deepEqual([code, extras.at], ['invalid_request', '/body/set/cost']);
  assert.deepEqual(
    (extras.findings as readonly { pointer: string; rule: string }[]).map(({ pointer, rule }) => [
      pointer,
      rule,
    ]),
    [
      ['/body/set/cost', 'number.inexact'],
      ['/body/set/*', 'number.inexact'],
      ['/body/rows/1/pm25', 'number.inexact'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(extras), /9007199254740993|张三/);
});

test('no pointer of a finding has a name that may be personal', () => {
  const body = (operation: string, value: unknown): readonly string[] => {
    const text = Buffer.from(JSON.stringify(value));
    const check = checks.get(operation) ?? assert.fail(operation);
    const { extras } = refusal(() => check.body(['content-type', 'application/json'], text));
    assert.doesNotMatch(JSON.stringify(extras), /1101011980|E12345678|张三/);
    return (extras.findings as readonly RequestFinding[]).map(({ pointer }) => pointer);
  };
  const keyed = (name: string) => ({ keys: [{ station: 'A1' }, { [name]: {} }], reason: 'r' });
  for (const name of ['110101198803011234', 'E12345678', '张三'])
    assert.ok(body('deleteRows', keyed(name)).includes('/body/keys/1/*'), name);
  assert.ok(body('deleteRows', keyed('pm25')).includes('/body/keys/1/pm25'));
});

test('every JSON text without doubled names is read as JSON.parse reads it; one doubled name anywhere is refused', () => {
  const name = fc
    .oneof(fc.string(), fc.constantFrom('a', 'a"', 'a\\', '\\"', '{', '":', '\u0000'))
    .filter((text) => text !== '__proto__');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
      const text = JSON.stringify(json, undefined, indent);
      assert.deepEqual(parseStrictJson(Buffer.from(text)), JSON.parse(text));
    }),
  );
  fc.assert(
    fc.property(value, name, value, (before, doubled, after) => {
      const key = JSON.stringify(doubled);
      const [one, other] = [JSON.stringify(before), JSON.stringify(after)];
      const text = `[${one},{${key}:${one},"other member":${other},${key} :${other}}]`;
      assert.throws(() => parseStrictJson(Buffer.from(text)), { code: 'malformed_json' });
    }),
  );
});

test('bodies in flight have a bound for all and for each department, and give back what they took', () => {
  const bodies = bodiesInFlight({ all: 100, each: 60, reserved: 0 });
  const one = bodies.hold('a');
  assert.equal(one.take(60), true);
  assert.equal(bodies.hold('a').take(1), false);
  assert.equal(bodies.hold('b').take(40), true);
  assert.equal(bodies.hold('c').take(1), false);
  one.release();
  one.release();
  assert.equal(bodies.held(), 40);
  assert.equal(bodies.hold('c').take(60), true);
});

test('uploads, however many and however stalled, leave capacity for small bodies', () => {
  const bodies = bodiesInFlight({ all: 4 * smallBody, each: 4 * smallBody, reserved: smallBody });
  const upload = bodies.hold('a');
  for (let i = 0; i < 3; i += 1) assert.equal(upload.take(smallBody), true);
  assert.equal(upload.take(1), false, 'the rest is kept');
  const query = bodies.hold('b');
  assert.equal(query.take(smallBody), true);
  query.release();
  upload.release();
  assert.equal(bodies.held(), 0);
  const again = bodies.hold('a');
  assert.equal(again.take(3 * smallBody), true, 'all of it was given back');
});

test('a body that stalls is refused and holds nothing for long', async () => {
  const request = Object.assign(new PassThrough(), { headers: { 'content-length': String(8 << 20) } });
  request.write(Buffer.alloc(10));
  const reading = readBody(request as unknown as IncomingMessage, 8 << 20, undefined, {
    least: 1 << 30,
    grace: 5,
  });
  await assert.rejects(reading, { code: 'request_timeout' });
});

test('a body without capacity now is refused as busy, not logged, and read no further', async () => {
  const held = bodiesInFlight({ all: 100, each: 100, reserved: 0 }).hold('a');
  const request = Object.assign(new PassThrough(), { headers: { 'content-length': '200' } });
  request.write(Buffer.alloc(101));
  const reading = readBody(request as unknown as IncomingMessage, 8 << 20, held);
  await assert.rejects(reading, (error: unknown) => {
    assert.ok(error instanceof Unlogged, String(error));
    const { code, extras } = error.problem;
    assert.deepEqual([code, extras.headers?.['retry-after']], ['hub_busy', '1']);
    return true;
  });
  assert.equal(request.isPaused(), true);
});
