/** The client over real mutual TLS, against a small hub that signs and logs as the real one does and can be made to cheat. */
import { newKeyPair, newNotePair, newSalt, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { transformSync } from 'esbuild';
import { issueDepartmentCertificate, issueListenerCertificate } from '../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import type { RequestMessage } from '../../certs/message.ts';
import { parseHttpMessage, signingKey, verificationKey, verifyReply } from '../../certs/signatures/index.ts';
import { signReply, verifyRequest } from '../../certs/signatures/fixtures/inOneCall.ts';
import { publicJwk } from '../../certs/thumbprint.ts';
import { signCheckpoint } from '../../log/checkpoint.ts';
import { replyCommitment } from '../../log/commitment.ts';
import { leafHash, sha256 } from '../../log/hash.ts';
import { signRotation } from '../../log/note/keyRotation.ts';
import { noteSigner, type NoteSigner } from '../../log/note/noteKey.ts';
import { receiptText } from '../../log/receipt/receipt.ts';
import { emptyTree, growTree } from '../../log/tree/growTree.ts';
import { Problem, problemDocument } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { checkpointsInMemory } from './checkpointKeeper.ts';
import { DatongClient, DatongProblem, readProfile, saveExchange, type Query } from './index.ts';

const authority = await newAuthority('yunqi, test', Date.now());
const listenerKey = newKeyPair();
const listener = await issueListenerCertificate(authority, {
  serial: newSerial(),
  hosts: ['127.0.0.1'],
  publicKey: listenerKey.publicKey,
  now: Date.now(),
});
const tlsKey = newKeyPair();
const certificate = await issueDepartmentCertificate(authority, {
  serial: newSerial(),
  department: 'education',
  publicKey: tlsKey.publicKey,
  now: Date.now(),
});
const department = signingKey(newKeyPair().privateKey);
const hubKey = signingKey(newKeyPair().privateKey);
const logKey = noteSigner('datong/yunqi', newNotePair().privateKey);
const folder = mkdtempSync(join(tmpdir(), 'datong-sdk-'));

interface Made {
  status: number;
  body: unknown;
  /** no entry, no receipt */
  unlogged?: true;
}
interface Cheat {
  /** changes the reply after it was signed */
  afterSigning?: (reply: { status: number; headers: Record<string, string>; body: Buffer }) => void;
  /** receipt of another request */
  otherRequest?: true;
  /** the reply of the call before */
  replayed?: true;
  /** drops the connection instead of answering the request of this number */
  drop?: number;
  /** answers so many requests into the void: they were served, their replies are lost */
  lose?: number;
}
let answer: (message: RequestMessage) => Made = () => ({ status: 200, body: {} });
let cheat: Cheat = {};
let served = 0;
let tree = emptyTree;
/** who signs the log now */
let logSigners: [NoteSigner, ...NoteSigner[]] = [logKey];
let last: { status: number; headers: Record<string, string>; body: Buffer } | undefined;

/** The receipt of one entry, alone in its flush. */
function receiptFor(id: string, status: number, body: Buffer, request: string): string {
  const salt = newSalt();
  const leaf = {
    v: 1,
    id,
    at: new Date().toISOString(),
    kind: 'release',
    operation: 'queryDataset',
    decision: status < 400 ? 'allow' : 'deny',
    actor: { department: 'education' },
    request,
    reply: replyCommitment(sha256(body), salt),
    status,
  };
  const sorted = Object.fromEntries(Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1)));
  const bytes = Buffer.from(JSON.stringify(sorted));
  const index = tree.size;
  const growth = growTree(tree, [leafHash(bytes)]);
  tree = growth.state;
  const checkpoint = signCheckpoint(tree.size, tree.root, ...logSigners);
  return receiptText({
    exchange: id,
    leaf: bytes,
    openings: { reply: salt },
    proof: { index, path: growth.pathOf(index), checkpoint },
  });
}

const server = createServer(
  {
    key: privateKeyPem(listenerKey.privateKey),
    cert: listener.chain,
    ca: [authority.rootCertificate, authority.intermediateCertificate],
    requestCert: true,
    rejectUnauthorized: true,
  },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      served += 1;
      if (cheat.drop === served) return void request.socket.destroy();
      const reply = replyTo(
        request.method ?? '',
        request.url ?? '',
        request.rawHeaders,
        Buffer.concat(chunks),
      );
      if (cheat.lose !== undefined && cheat.lose > 0) {
        cheat.lose -= 1;
        return void request.socket.destroy();
      }
      response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  },
);

function replyTo(method: string, url: string, rawHeaders: readonly string[], body: Buffer) {
  const open = openDocuments[url];
  if (open !== undefined)
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(open)),
    };
  const message = { method, targetUri: `${origin}${url}`, rawHeaders, body };
  const id = uuid7(Date.now());
  let request = 'unread';
  let made: Made;
  try {
    const verified = verifyRequest(message, {
      lookupKey: () => verificationKey(department.privateKey),
      now: Date.now(),
    });
    request = verified.signatureHash;
    made = answer(message);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    made = { status: error.status, body: problemDocument(error, id) };
  }
  const bytes = Buffer.from(JSON.stringify(made.body));
  const headers: Record<string, string> = {
    'content-type': made.status < 400 ? 'application/json' : 'application/problem+json',
    'datong-exchange-id': id,
  };
  if (made.unlogged !== true)
    headers['datong-receipt'] = receiptFor(id, made.status, bytes, cheat.otherRequest ? 'another' : request);
  Object.assign(
    headers,
    signReply({
      status: made.status,
      headers,
      body: bytes,
      request: message,
      key: hubKey,
      created: Math.floor(Date.now() / 1000),
    }),
  );
  const reply = { status: made.status, headers, body: bytes };
  const sent = cheat.replayed === true && last !== undefined ? last : reply;
  last = { ...reply, headers: { ...headers } };
  cheat.afterSigning?.(sent);
  return sent;
}

await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
const anchors = {
  v: 1,
  origin: logKey.name,
  jwks: { keys: [{ ...publicJwk(hubKey.privateKey), kid: hubKey.keyid }] },
  logKeys: [logKey.vkey],
  rootCertificate: authority.rootCertificate,
};
const openDocuments: Readonly<Record<string, unknown>> = {
  '/v1/log/anchors': anchors,
  '/.well-known/jwks.json': anchors.jwks,
  '/v1/handshake': { accepted: true },
};

const document = {
  v: 1,
  department: 'education',
  hub: { exchange: origin, open: origin, ca: 'ca.pem', keys: { keys: [] } },
  tls: { cert: certificate.chain, key: privateKeyPem(tlsKey.privateKey) },
  signingKey: 'signing.jwk',
};
writeFileSync(join(folder, 'ca.pem'), authority.rootCertificate);
writeFileSync(join(folder, 'signing.jwk'), JSON.stringify(department.privateKey.export({ format: 'jwk' })));
const client = DatongClient.fromProfile(readProfile(document, join(folder, 'datong.json')));

after(() => {
  client.close();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  cheat = {};
  served = 0;
});

const context = { purpose: 'school-enrolment', agreement: 'agr-1', onBehalfOf: 'clerk-1', matter: 'RX-1' };
const rows = (count: number) => ({
  records: Array.from({ length: count }, (_, i) => ({ i })),
  withheld: {},
  rows: { delivered: count, withheld: 0 },
});
const ask = () => client.query('pub-security.household', { limit: 1 }, context);
const refusedWith = (code: string) => (error: unknown) =>
  (error instanceof Problem || error instanceof DatongProblem) && error.code === code;

/** Code, status, both texts, next step and exchange are there, in a few lines; no bytes and no headers are. */
function assertFewWords(printed: string, { code, status, text, next, exchange = '' }: DatongProblem): void {
  for (const shown of [code, String(status), text.zh, text.en, next.zh, next.en, exchange])
    assert.ok(printed.includes(shown), `${shown} is missing in ${printed}`);
  assert.doesNotMatch(printed, /rawHeaders|targetUri|signature-input|undefined|findings/);
  assert.ok(printed.split('\n').length <= 30, printed);
}

describe('a query', () => {
  test('goes out signed, with its context, and comes back verified with its receipt', async () => {
    let seen: RequestMessage | undefined;
    answer = (message) => {
      seen = message;
      return { status: 200, body: rows(1) };
    };
    const got = await ask();
    assert.deepEqual(got.json.records, [{ i: 0 }]);
    assert.equal(got.check?.leaf?.decision, 'allow');
    assert.equal(got.check.leaf.id, got.exchange);
    assert.equal(seen?.targetUri, `${origin}/v1/datasets/pub-security.household/query`);
    const purpose = seen.rawHeaders.findIndex((text) => text.toLowerCase() === 'datong-matter');
    assert.equal(seen.rawHeaders[purpose + 1], 'RX-1');
    assert.ok((client.newestCheckpoint ?? 0) >= 1);
  });

  test('for features that is answered in JSON, as by an older hub, is an error and no collection', async () => {
    answer = () => ({ status: 200, body: rows(1) });
    await assert.rejects(
      client.queryFeatures('pub-security.household', {}, context),
      refusedWith('reply_type_unexpected'),
    );
  });

  test('is paged by cursor, each page an exchange of its own', async () => {
    answer = ({ body }) => {
      const { cursor } = JSON.parse(Buffer.from(body).toString()) as Query;
      const next = cursor === undefined ? 'b' : cursor === 'b' ? 'c' : undefined;
      return { status: 200, body: { ...rows(2), ...(next === undefined ? {} : { nextCursor: next }) } };
    };
    const pages = [];
    for await (const page of client.queryPages('pub-security.household', {}, context))
      pages.push(page.exchange);
    assert.equal(new Set(pages).size, 3);
  });

  test('that is refused throws the hub’s own words, with the receipt of the refusal', async () => {
    answer = () => {
      throw new Problem('body_too_large', { limit: 5 });
    };
    await assert.rejects(ask(), (error: unknown) => {
      assert.ok(error instanceof DatongProblem);
      assert.equal(error.code, 'body_too_large');
      assert.equal(error.status, 413);
      assert.equal(error.text.zh, '请求正文超过 5 字节');
      assert.equal(error.kept?.exchange, error.exchange);
      assert.ok(error.kept?.receipt !== undefined);
      return true;
    });
  });

  test('that is refused and printed, or not caught, shows neither request nor reply', async () => {
    answer = () => {
      throw new Problem('body_too_large', { limit: 5 });
    };
    const error = await ask().then(
      () => assert.fail(),
      (one: unknown) => one,
    );
    assert.ok(error instanceof DatongProblem && error.kept !== undefined);
    const { request, reply } = error.kept;
    // what a logger takes, and what console.log shows
    for (const printed of [JSON.stringify(error), inspect(error, { depth: null })])
      assertFewWords(printed, error);
    // as a program of a department ends that does not catch it
    const source = readFileSync(join(import.meta.dirname, 'datongProblem.ts'), 'utf8');
    writeFileSync(join(folder, 'datongProblem.mjs'), transformSync(source, { loader: 'ts' }).code);
    const program = `import { DatongProblem } from './datongProblem.mjs';
const [reply, request] = JSON.parse(process.env.EXCHANGE).map((one) => ({ ...one, body: Buffer.from(one.body, 'base64') }));
throw new DatongProblem(reply, { exchange: 'e-1', request, reply });`;
    const asText = [reply, request].map((one) => ({
      ...one,
      body: Buffer.from(one.body).toString('base64'),
    }));
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, EXCHANGE: JSON.stringify(asText) },
    });
    assert.equal(ended.status, 1);
    assertFewWords(ended.stderr, error);
  });

  test('is signed and sent again when the keep-alive socket was closed', async () => {
    answer = () => ({ status: 200, body: rows(1) });
    await ask();
    cheat = { drop: 1 };
    served = 0;
    assert.equal((await ask()).status, 200);
    assert.equal(served, 2);
  });
});

describe('a reply that does not hold is never returned', () => {
  const cheats: readonly (readonly [string, string, Cheat])[] = [
    [
      'body changed',
      'reply_signature_invalid',
      {
        afterSigning: (reply) => {
          reply.body = Buffer.from('{"records":[]}');
        },
      },
    ],
    [
      'status changed',
      'reply_signature_invalid',
      {
        afterSigning: (reply) => {
          reply.status = 201;
        },
      },
    ],
    [
      'signature taken away',
      'reply_signature_missing',
      { afterSigning: ({ headers }) => Reflect.deleteProperty(headers, 'signature') },
    ],
    [
      'receipt taken away',
      'reply_signature_invalid',
      { afterSigning: ({ headers }) => Reflect.deleteProperty(headers, 'datong-receipt') },
    ],
    ['reply of the call before', 'reply_signature_invalid', { replayed: true }],
    ['receipt of another request', 'reply_receipt_invalid', { otherRequest: true }],
  ];
  for (const [name, code, how] of cheats) {
    test(name, async () => {
      answer = () => ({ status: 200, body: rows(1) });
      await ask();
      cheat = how;
      await assert.rejects(ask(), refusedWith(code));
    });
  }

  test('a success without an entry', async () => {
    answer = () => ({ status: 200, body: rows(1), unlogged: true });
    await assert.rejects(ask(), refusedWith('reply_receipt_missing'));
  });

  test('two histories of the log', async () => {
    answer = () => ({ status: 200, body: rows(1) });
    const before = tree;
    await ask();
    tree = before;
    await assert.rejects(ask(), refusedWith('reply_receipt_invalid'));
  });

  test('an unsigned refusal is reported as such, without being stored as evidence', async () => {
    cheat = { afterSigning: ({ headers }) => Reflect.deleteProperty(headers, 'signature') };
    answer = () => {
      throw new Problem('not_found');
    };
    await assert.rejects(
      ask(),
      (error: unknown) =>
        error instanceof DatongProblem && error.code === 'not_found' && error.kept === undefined,
    );
  });

  test('a hub of another authority is not spoken to', async () => {
    const other = await newAuthority('other, test', Date.now());
    const profile = readProfile(
      { ...document, hub: { ...document.hub, ca: other.rootCertificate } },
      join(folder, 'x'),
    );
    const stranger = DatongClient.fromProfile(profile);
    await assert.rejects(stranger.query('a.b', {}, context), (error: NodeJS.ErrnoException) =>
      /SELF_SIGNED|UNABLE/.test(error.code ?? ''),
    );
    stranger.close();
  });
});

describe('a log that changes its key', () => {
  const [next, evil] = [1, 2].map(() => noteSigner(logKey.name, newNotePair().privateKey));
  assert.ok(next && evil);
  const stored = checkpointsInMemory();
  const clients: DatongClient[] = [];
  /** a program that was started now, with the anchors of the first day */
  const started = (store = stored): DatongClient => {
    const profile = readProfile(
      { ...document, hub: { ...document.hub, anchors: dayOne } },
      join(folder, 'x'),
    );
    const made = DatongClient.fromProfile(profile, store);
    clients.push(made);
    return made;
  };
  const dayOne = structuredClone(anchors);
  const asks = (by: DatongClient) => by.query('pub-security.household', { limit: 1 }, context);
  const serves = (signers: [NoteSigner, ...NoteSigner[]], statements: readonly string[]): void => {
    answer = () => ({ status: 200, body: rows(1) });
    logSigners = signers;
    Object.assign(anchors, { logKeyRotations: statements });
  };
  const statement = () => signRotation(logKey, next, tree.size + 1);
  let truth = '';
  after(() => {
    for (const one of clients) one.close();
    serves([logKey], []);
  });

  test('is followed while both keys sign, and after that by who heard of it and who did not', async () => {
    truth = statement();
    serves([next, logKey], [truth]);
    const one = started();
    await asks(one);
    await one.settle();
    assert.deepEqual((await stored.read())?.rotations, [truth]);
    serves([next], []);
    await asks(started());
    serves([next], [truth]);
    await asks(started(checkpointsInMemory()));
  });

  test('a root without a chain to it is refused', async () => {
    serves([next], []);
    await assert.rejects(asks(started(checkpointsInMemory())), refusedWith('reply_receipt_invalid'));
    serves([evil], [truth]);
    await assert.rejects(asks(started()), refusedWith('reply_receipt_invalid'));
  });

  test('a stolen old key signs nothing, alone or for a successor of its own', async () => {
    serves([logKey], [truth]);
    await assert.rejects(asks(started()), refusedWith('reply_receipt_invalid'));
    serves([evil, logKey], [signRotation(logKey, evil, 1)]);
    await assert.rejects(asks(started()), (error: unknown) => {
      assert.ok(error instanceof Problem && error.code === 'reply_receipt_invalid');
      return /two successors/.test(error.message);
    });
  });
});

describe('a file', () => {
  const file = Buffer.alloc(2500, 'household ');

  /** A hub that takes parts in order. */
  const intake = (losePart = 0) => {
    const got: Buffer[] = [];
    const id = uuid7(Date.now());
    const state = { parts: 0, commit: undefined as unknown };
    const offset = () => got.reduce((sum, part) => sum + part.length, 0);
    answer = ({ method, targetUri, body }) => {
      const batch = { batch: id, dataset: 'pub-security.household', state: 'receiving', offset: offset() };
      if (method === 'GET' && state.commit === undefined) return { status: 200, body: batch, unlogged: true };
      if (method === 'GET') return { status: 200, body: { ...batch, state: 'published' } };
      if (targetUri.endsWith('/batches')) return { status: 201, body: batch, unlogged: true };
      if (method === 'PUT') {
        const at = Number(targetUri.split('/').at(-1));
        state.parts += 1;
        if (at === offset()) got.push(Buffer.from(body));
        if (state.parts === losePart) cheat = { lose: 4 };
        return { status: 200, body: { offset: offset() }, unlogged: true };
      }
      state.commit = JSON.parse(Buffer.from(body).toString());
      return { status: 202, body: { ...batch, state: 'checking' } };
    };
    return { got, state };
  };
  const sha256Of = createHash('sha256').update(file).digest('hex');
  const options = { mapping: 'household-csv', partSize: 1000 };

  for (const [name, source] of [
    ['bytes', file],
    ['a path', join(folder, 'household.csv')],
  ] as const) {
    test(`from ${name} goes in parts, is committed with its digest, and its outcome is waited for`, async () => {
      writeFileSync(join(folder, 'household.csv'), file);
      const hub = intake();
      const progress: number[] = [];
      const sent = await client.sendFile('pub-security.household', source, {
        ...options,
        onProgress: (now) => progress.push(now.sent),
      });
      assert.equal(sent.json.state, 'published');
      assert.deepEqual(progress, [1000, 2000, 2500]);
      assert.deepEqual(Buffer.concat(hub.got), file);
      assert.deepEqual(hub.state.commit, { sha256: sha256Of, bytes: 2500, mapping: 'household-csv' });
    });
  }

  test('an upload whose part lost its reply continues at the hub’s position', async () => {
    const hub = intake(2);
    await client.sendFile('pub-security.household', file, options);
    assert.deepEqual(Buffer.concat(hub.got), file);
    assert.ok(hub.state.parts > 3);
  });

  test('whose batch the hub names by an address of its own choice goes no further', async () => {
    for (const batch of ['../certificates/renewals?x=', '..', 7]) {
      let calls = 0;
      answer = () => {
        calls += 1;
        return { status: 201, body: { batch, state: 'receiving', offset: 0 }, unlogged: true };
      };
      await assert.rejects(
        client.sendFile('pub-security.household', file, options),
        refusedWith('malformed_identifier'),
      );
      assert.equal(calls, 1);
    }
  });

  test('whose receipt is about other bytes is not reported as done', async () => {
    const hub = intake();
    const before = answer;
    answer = (message) => {
      const made = before(message);
      const published = message.method === 'GET' && hub.state.commit !== undefined;
      const receipt = published ? { receipt: receiptFor(uuid7(Date.now()), 200, Buffer.alloc(0), 'x') } : {};
      return { ...made, body: { ...(made.body as object), ...receipt } };
    };
    await assert.rejects(
      client.sendFile('pub-security.household', file, options),
      refusedWith('reply_receipt_invalid'),
    );
  });

  test('that was begun before is resumed, and its digest is still of the whole', async () => {
    const hub = intake();
    hub.got.push(file.subarray(0, 1700));
    await client.sendFile('pub-security.household', join(folder, 'household.csv'), {
      ...options,
      batch: uuid7(Date.now()),
    });
    assert.deepEqual(Buffer.concat(hub.got), file);
    assert.deepEqual(hub.state.commit, { sha256: sha256Of, bytes: 2500, mapping: 'household-csv' });
  });
});

describe('what is stored', () => {
  test('verifies from its files alone', async () => {
    answer = () => ({ status: 200, body: rows(1) });
    const { kept: stored } = await ask();
    const place = await saveExchange(join(folder, 'kept'), stored);
    assert.deepEqual(readdirSync(place).sort(), [
      'receipt.json',
      'reply.http',
      'request.http',
      'signing-key.json',
    ]);
    const jwk = JSON.parse(readFileSync(join(place, 'signing-key.json'), 'utf8')) as JsonWebKey;
    assert.equal(jwk.d, undefined);
    assert.equal(verificationKey(jwk).keyid, department.keyid);
    assert.equal(statSync(join(place, 'reply.http')).mode & 0o777, 0o600);
    const request = parseHttpMessage(readFileSync(join(place, 'request.http')));
    const reply = parseHttpMessage(readFileSync(join(place, 'reply.http')));
    assert.ok(request.kind === 'request' && reply.kind === 'reply');
    const verified = verifyReply(reply.message, {
      request: request.message,
      lookupKey: () => verificationKey(hubKey.privateKey),
    });
    assert.equal(verified.exchange, stored.exchange);
  });
});

test('an exchange id that is no uuid names no folder: the hub chose it', async () => {
  answer = () => ({ status: 200, body: rows(1) });
  const { kept: stored } = await ask();
  const place = join(folder, 'ids');
  for (const exchange of ['../escaped', '..', '', '/tmp/escaped', 'a/b', `${stored.exchange}/..`, 'CON'])
    await assert.rejects(saveExchange(place, { ...stored, exchange }), refusedWith('malformed_identifier'));
  assert.ok(!existsSync(place) && !existsSync(join(folder, 'escaped')));
});

describe('a profile', () => {
  const read = (edit: Record<string, unknown>) => () =>
    readProfile({ ...document, ...edit }, join(folder, 'datong.json'));
  test('with a wrong member is refused by the member’s name', () => {
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ department: 'Education!' }, /department/],
      [{ hub: { ...document.hub, exchange: 'http://hub.example' } }, /hub\.exchange/],
      [{ hub: { ...document.hub, open: `${origin}/` } }, /hub\.open/],
      [{ hub: { ...document.hub, keys: [] } }, /hub\.keys/],
      [{ tls: {} }, /tls\.cert/],
      [{ signingKey: 7 }, /signingKey/],
    ];
    for (const [edit, member] of wrong) assert.throws(read(edit), member);
    assert.throws(read({ signingKey: 'absent.jwk' }), { code: 'ENOENT' });
  });
});
