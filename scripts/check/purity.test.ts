import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged, purityFindings, stateFindings } from './purity.ts';

const found = (text: string): string[] =>
  purityFindings('schemas/a.ts', text).map((finding) => finding.replace('schemas/a.ts:', ''));

test('clock, randomness, files and threads are found with their line', () => {
  assert.deepEqual(found("import { readFileSync } from 'node:fs';\nimport 'fs/promises';"), [
    '1: node:fs',
    '2: fs/promises',
  ]);
  assert.deepEqual(found("import { Worker } from 'node:worker_threads';"), ['1: node:worker_threads']);
  assert.deepEqual(found("import { createHash, randomBytes } from 'node:crypto';"), ['1: randomBytes']);
  assert.deepEqual(found("import * as crypto from 'node:crypto';"), ['1: *']);
  assert.deepEqual(
    found(
      'const f = () => [\nDate.now(),\nnew Date(),\nperformance.now(),\nMath.random(),\nglobalThis.crypto.randomUUID()];',
    ),
    ['2: Date.now', '3: new Date()', '4: performance.now', '5: Math.random', '6: crypto.randomUUID'],
  );
  assert.deepEqual(found("const f = () => import('node:fs');"), ['1: node:fs']);
});

test('state of a module is found, however it changes', () => {
  const state = 'state of the module changes';
  assert.deepEqual(found('let a = 1;'), ['1: a variable of the module']);
  assert.deepEqual(found('const known = new Map();\nexport const f = (x) => known.set(x, 1);'), [
    `2: ${state}`,
  ]);
  assert.deepEqual(found('const kept = new Lru(5);\nfunction f() { kept.set(1, 2); }'), [
    '1: the module keeps a Lru',
    `2: ${state}`,
  ]);
  assert.deepEqual(found('const list = [];\nfunction f() { list.push(1); }'), [`2: ${state}`]);
  assert.deepEqual(found('const table = {};\nfunction f(x) { table[x] = 1; }'), [`2: ${state}`]);
  assert.deepEqual(found('const count = { n: 0 };\nfunction f() { count.n += 1; }'), [`2: ${state}`]);
  assert.deepEqual(found('const count = { n: 0 };\nfunction f() { count.n++; }'), [`2: ${state}`]);
  assert.deepEqual(found('const table = { a: 1 };\nfunction f() { delete table.a; }'), [`2: ${state}`]);
  for (const [kept, change] of [
    ['const held = { list: [] };', 'held.list.push(1)'],
    ['const list = [] as string[];', 'list.push("a")'],
    ['const table = Object.create(null);', 'table.a = 1'],
    ['const table = {};', 'Object.assign(table, { a: 1 })'],
    ["import { table } from './b.ts';", 'table.set(1, 2)'],
    ['', "process.env['A'] = '1'"],
    ['', 'globalThis.kept = 1'],
  ] as const)
    assert.deepEqual(found(`${kept}\nfunction f() { ${change}; }`), [`2: ${state}`], change);
  const kept = 'a static member is one for the process';
  assert.deepEqual(found('class A {\nstatic count = 0;\nstatic readonly known = new Map();\n}'), [
    `2: ${kept}`,
    `3: ${kept}`,
  ]);
  assert.deepEqual(found('const next = (() => { let n = 0; return () => n++; })();'), [
    '1: a function of the module keeps what it closes over',
  ]);
});

test('constants, tables made at load, memos of values and types are none', () => {
  for (const text of [
    'const a = new Set([1]);\nfor (const b of [2]) a.add(b);\nexport const has = (x) => a.has(x);',
    'const kept = new WeakMap();\nexport const f = (x) => kept.set(x, 1);',
    'export function f() { const known = new Map(); known.set(1, 2); let n = 0; n += 1; return n; }',
    "import type { Stats } from 'node:fs';",
    "import { isIP } from 'node:net';",
    "import { createHash, timingSafeEqual } from 'node:crypto';",
    'export const at = (now) => new Date(now);',
    'const text = { a: 1 };\nexport const f = () => text.a === 1;',
    'class A { static readonly most = 5; static readonly shape = /a/; }',
    "import { table } from './b.ts';\nexport const f = () => table.get(1);",
    "import type { A } from './b.ts';\nexport const f = (a: A) => a.list.push(1);",
  ])
    assert.deepEqual(found(text), [], text);
});

test('a room that may do things keeps nothing for the process', () => {
  const kept = (text: string): string[] =>
    stateFindings('hub/a.ts', text).map((finding) => finding.replace('hub/a.ts:', ''));
  assert.deepEqual(kept("import { readFileSync } from 'node:fs';\nconst f = () => Date.now();"), []);
  assert.deepEqual(kept('const pattern = new RegExp("a");\nconst gone = new Problem("gone");'), []);
  assert.deepEqual(kept('const waiting = new Semaphore(2);'), ['1: the module keeps a Semaphore']);
  assert.deepEqual(kept('let last;'), ['1: a variable of the module']);
  assert.deepEqual(kept('const idle = [];\nfunction f() { idle.push(1); }'), [
    '2: state of the module changes',
  ]);
});

test('a known impurity is let through, and told of once it is gone', () => {
  const known = { 'log/a.ts': 'why' };
  assert.deepEqual(judged(['log/a.ts:3: x', 'log/b.ts:1: y'], known), ['log/b.ts:1: y']);
  assert.match(judged([], known)[0] ?? '', /^log\/a\.ts: is pure now/);
});
