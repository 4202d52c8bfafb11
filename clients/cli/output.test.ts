/** No text of others acts on a terminal: hidden characters in answers of the hub are shown escaped, whichever verb prints them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { writeDemoState } from '../../tests/demoState.ts';
import { serverCertificate } from '../../tests/serverCertificate.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import { hubLogger } from '../../hub/report.ts';
import { progressLine, styled, writeData, writeFileContent } from './output.ts';
import { columns } from './printedText.ts';
import { data, dataLines } from './verb.ts';

// the cursor goes up and the line is erased (C1 CSI); what follows is shown from right to left; a line of its own
const evil = '\u009b1A\u009b2K\u202e\nforged';
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}]/u;
const texts = /^(?:zh|en|title|name|label|reason|said|case|reference|office|question|text|.*Name)$/;

/** An answer whose texts for people hide something. */
const spoilt = (value: unknown, name = ''): unknown =>
  typeof value === 'string'
    ? texts.test(name)
      ? `${value}${evil}`
      : value
    : Array.isArray(value)
      ? value.map((item) => spoilt(item, name))
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoilt(item, key)]))
        : value;

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly answer?: unknown;
}

const recorded = Object.values(
  JSON.parse(readFileSync(new URL('../../api/examples.json', import.meta.url), 'utf8')) as Record<
    string,
    Recorded
  >,
);
const withoutQuery = (path: string): string => path.replace(/\?.*/, '');

/** A staff listener that answers each read as the recorded example, with hidden characters in its texts. */
const { ca, tls } = await serverCertificate();
const server = createServer(tls, (request, response) => {
  request.resume();
  const path = withoutQuery(request.url ?? '');
  const found = recorded.find((one) => one.method === request.method && withoutQuery(one.path) === path);
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
  const { nextCursor: _last, ...answer } = (found?.answer ?? {}) as Readonly<Record<string, unknown>>;
  response.end(JSON.stringify(spoilt(answer)));
});
const home = mkdtempSync(join(tmpdir(), 'datong-output-'));
const state = join(home, 'demo.json');
before(async () => {
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const hub = { exchange: origin, open: origin, staff: origin, ca, keys: { keys: [] } };
  writeDemoState(state, hub, { operator: 'dtg_x_y' });
});
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(home, { recursive: true, force: true });
});

/** Verbs that list what others wrote, by what they list. */
const lists: readonly string[] = [
  'departments',
  'datasets',
  'schemas',
  'catalogue search',
  'matter list',
  'batches',
  'certificates',
  'agreements',
  'inbox',
  'request list',
  'request template list',
  'demand list',
  'mandate list',
  'deputy list',
  'dispute list',
  'ticket list',
  'reminder list',
  'reminder dead-letters',
  'pull list',
  'audit holds',
  'audit findings',
  'audit reads',
  'audit views',
  'audit search',
  'audit searches',
  'deputy persons',
  'mandate passkeys',
  'subject delays',
];

/** Those whose lists are ids, codes and times alone, or whose recorded answer has no text. */
const codesOnly = new Set([
  ...['batches', 'certificates', 'inbox', 'request list', 'dispute list', 'ticket list'],
  ...['reminder list', 'reminder dead-letters', 'pull list', 'audit search'],
]);

test('no list verb prints a hidden character or a line that a title forged', async () => {
  const shown: string[] = [];
  for (const verb of lists) {
    const ran = await typedDatong([...verb.split(' '), '--as', 'operator'], {
      cwd: home,
      env: { DATONG_STATE: state },
    });
    assert.equal(ran.code, 0, `${verb}: ${ran.stderr}`);
    const output = `${ran.stdout}${ran.stderr}`;
    assert.doesNotMatch(output, hidden, verb);
    assert.doesNotMatch(output, /^forged/m, verb);
    if (output.includes('\\u009b1A\\u009b2K\\u202e\\nforged')) shown.push(verb);
  }
  assert.deepEqual(
    shown,
    lists.filter((verb) => !codesOnly.has(verb)),
  );
});

/** What is written on stdout and stderr. */
async function written(work: () => void | Promise<void>, isTerminal = false): Promise<string> {
  let all = '';
  const streams = [process.stdout, process.stderr].map((stream) => {
    const before = Object.getOwnPropertyDescriptor(stream, 'isTTY');
    Object.defineProperty(stream, 'isTTY', { value: isTerminal, configurable: true });
    const write = mock.method(stream, 'write', (text: string | Uint8Array) => {
      all += String(text);
      return true;
    });
    return () => {
      write.mock.restore();
      if (before === undefined) Reflect.deleteProperty(stream, 'isTTY');
      else Object.defineProperty(stream, 'isTTY', before);
    };
  });
  try {
    await work();
  } finally {
    for (const restore of streams) restore();
  }
  return all;
}

test('data and JSON are escaped, and the value of JSON stays', async () => {
  const value = { title: `a${evil}\u{e0041}` };
  assert.equal(await written(() => data('x\u009b\u200b\ufeff')), 'x\\u009b\\u200b\\ufeff\n');
  const json = await written(() => data(JSON.stringify(value)));
  assert.doesNotMatch(json, hidden);
  assert.deepEqual(JSON.parse(json), value);
  assert.equal(
    await written(() => dataLines(columns([[evil, 'a\tb']]))),
    '\\u009b1A\\u009b2K\\u202e\\nforged  a\\tb\n',
  );
});

test('lines for people have one form of time, and JSON has the one of the hub', async () => {
  const at = '2026-12-20T18:07:11.000Z';
  assert.equal(await written(() => dataLines([`until ${at}`])), 'until 2026-12-21T02:07:11+08:00\n');
  assert.equal(await written(() => data(JSON.stringify({ at }))), `{"at":"${at}"}\n`);
});

test('styles become control sequences on a terminal only, and their text cannot add any', async () => {
  const line = () => writeData([styled('red', 'a\u001b[0m'), ' b']);
  assert.equal(await written(line), 'a\\u001b[0m b\n');
  const before = process.env['NO_COLOR'];
  delete process.env['NO_COLOR'];
  try {
    assert.equal(await written(line, true), '\u001b[31ma\\u001b[0m\u001b[0m b\n');
    assert.equal(
      await written(() => progressLine.show('x\r\u001b[2J'), true),
      '\rx\\u000d\\u001b[2J\u001b[K',
    );
  } finally {
    if (before !== undefined) process.env['NO_COLOR'] = before;
  }
});

test('the content of a file retains its bytes in a pipe and is escaped on a terminal', async () => {
  const csv = '\ufeffa,b\r\n\u200b,1\r\n';
  assert.equal(await written(() => writeFileContent(csv)), csv);
  assert.equal(await written(() => writeFileContent(csv), true), 'a,b\n\\u200b,1\n');
});

test('the log of the hub escapes them too', () => {
  let line = '';
  const stream = { write: (text: string) => (line += text) } as unknown as NodeJS.WritableStream;
  hubLogger('info', stream).info({ path: evil }, 'x');
  assert.doesNotMatch(line.trimEnd(), hidden);
  assert.equal((JSON.parse(line) as { path: string }).path, evil);
});
