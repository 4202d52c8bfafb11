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
  assert.deepEqual(found("import * as crypto from 'node:crypto';"), ['1: * of node:crypto']);
  assert.deepEqual(
    found(
      'const f = () => [\nDate.now(),\nnew Date(),\nperformance.now(),\nMath.random(),\nglobalThis.crypto.randomUUID()];',
    ),
    [
      '2: Date.now',
      '3: new Date()',
      '4: performance.now',
      '5: Math.random',
      '6: .randomUUID',
      '6: crypto.randomUUID',
    ],
  );
  assert.deepEqual(found("const f = () => import('node:fs');"), ['1: node:fs']);
});

test('state of a module is found, however it changes', () => {
  const state = 'state of the module changes';
  assert.deepEqual(found('let a = 1;'), ['1: a variable of the module']);
  assert.deepEqual(found('const known = new Map();\nexport const f = (x) => known.set(x, 1);'), [
    `2: ${state}`,
  ]);
  assert.deepEqual(
    found('import { Lru } from "./lru.ts"; const kept = new Lru(5);\nfunction f() { kept.set(1, 2); }'),
    ['1: the module keeps a Lru', `2: ${state}`],
  );
  assert.deepEqual(found('const list = [];\nfunction f() { list.push(1); }'), [`2: ${state}`]);
  assert.deepEqual(found('const table = {};\nfunction f(x) { table[x] = 1; }'), [`2: ${state}`]);
  assert.deepEqual(found('const count = { n: 0 };\nfunction f() { count.n += 1; }'), [`2: ${state}`]);
  assert.deepEqual(found('const count = { n: 0 };\nfunction f() { count.n++; }'), [`2: ${state}`]);
  assert.deepEqual(found('const table = { a: 1 };\nfunction f() { delete table.a; }'), [`2: ${state}`]);
  for (const [stored, change] of [
    ['const held = { list: [] };', 'held.list.push(1)'],
    ['const list = [] as string[];', 'list.push("a")'],
    ['const table = Object.create(null);', 'table.a = 1'],
    ['const table = {};', 'Object.assign(table, { a: 1 })'],
    ["import { table } from './b.ts';", 'table.set(1, 2)'],
  ] as const)
    assert.deepEqual(found(`${stored}\nfunction f() { ${change}; }`), [`2: ${state}`], change);
  for (const change of ["process.env['A'] = '1'", 'globalThis.kept = 1'])
    assert.deepEqual(stateFindings('hub/a.ts', `function f() { ${change}; }`), [`hub/a.ts:1: ${state}`]);
  const stored = 'a static member is one for the process';
  assert.deepEqual(found('class A {\nstatic count = 0;\nstatic readonly known = new Map();\n}'), [
    `2: ${stored}`,
    `3: ${stored}`,
  ]);
  assert.deepEqual(found('const next = (() => { let n = 0; return () => n++; })();'), [
    '1: a function of the module keeps what it closes over',
  ]);
});

/** A file next to the one that is checked. */
const otherFiles = new Map([
  [
    'schemas/b.ts',
    `export function counter() { let n = 0; return () => (n += 1); }
     export const memo = (f) => { const known = new Map(); return (x) => { known.set(x, 1); return known; }; };`,
  ],
]);

test('no other writing gets past: every way to the world but those that are known to compute', () => {
  for (const text of [
    'const clock = Date; export const f = () => clock.now();',
    'const { now } = Date;',
    'export const f = () => Date();',
    'export const f = () => new (Date)();',
    'export const f = () => new globalThis.Date();',
    "export const f = () => Date['now']();",
    "export const f = () => globalThis['Date'].now();",
    'export const f = () => Reflect.construct(Date, []);',
    'export const f = (a) => new Date(...a);',
    "export const f = () => process.getBuiltinModule('fs');",
    "import { createRequire } from 'node:module';",
    "export { readFileSync } from 'node:fs';",
    "export * from 'fs';",
    "import crypto, { createHash } from 'node:crypto';",
    "import fs = require('fs');",
    'export const f = (n) => import(n);',
    "export const f = () => import('node:' + 'fs');",
    "export const f = () => require('fs');",
    'export const f = () => setTimeout(() => 1, 5);',
    'export const f = () => AbortSignal.timeout(5);',
    'export const f = () => new Intl.DateTimeFormat().format();',
    "export const f = () => new Event('x').timeStamp;",
    "export const f = () => fetch('http://x');",
    "import { Pool } from 'pg';",
    "import express from 'express';",
    "export const f = () => [].constructor.constructor('return Date.now()')();",
    "export const f = () => eval('1');",
    "export const f = () => new Function('return 1');",
    'export const f = (x) => new Date(x).getHours();',
    "import forge from 'node-forge'; export const f = () => forge.random.getBytes(5);",
    "import { generateKeyPair } from 'jose';",
    'export const f = () => crypto.subtle.generateKey();',
    "export const f = () => performance['now']();",
    'const { random } = Math;',
    "export const f = () => Math['random']();",
  ])
    assert.notDeepEqual(purityFindings('certs/a.ts', text), [], text);
});

test('no other form of state is accepted: by another name, through an import, closed over, moved on', () => {
  for (const text of [
    'const made = build(); export const f = () => { made.n += 1; };',
    'const { list } = { list: [] }; export const f = () => list.push(1);',
    'const [list] = [[]]; export const f = () => list.push(1);',
    'const list = []; export const f = () => { const mine = list; mine.push(1); };',
    'const list = []; export const f = () => { const { length, ...rest } = list; list.length = 0; };',
    'function memo() { memo.kept = 1; }',
    'class A { static { A.n = 1; } static bump() { A.n += 1; } }',
    'export class A { static readonly list = []; }',
    "import * as b from './b.ts'; export const f = () => b.table.set(1, 2);",
    "import b from './b.ts'; export const f = () => b.set(1, 2);",
    "import { counter } from './b.ts'; const next = counter();",
    "import { memo as m } from './b.ts'; export const known = { f: m(x => x) };",
    'function counter() { let n = 0; return () => n++; } const next = counter();',
    'function counter() { let n = 0; return { next() { return n++; } }; } export const { next } = counter();',
    'const pattern = /a/g; export const f = (x) => pattern.test(x);',
    'const d = new TextDecoder(); export const f = (x) => d.decode(x, { stream: true });',
    'const kept = new WeakMap(); const key = {}; export const f = () => kept.set(key, 1);',
    'const m = new Map(); export const f = (k) => m.get(k).push(1);',
    'const list = []; export const f = () => Array.prototype.push.call(list, 1);',
    'const list = []; export const f = () => Reflect.set(list, 0, 1);',
    'const t = { a: 1 }; export const f = () => { ({ a: t.a } = { a: 2 }); };',
    'const t = { a: 1 }; export const f = () => { [t.a] = [2]; };',
    'const rows = [{ n: 0 }]; export const f = () => { for (const one of rows) one.n = 1; };',
    'const b = Buffer.alloc(4); export const f = () => b.writeUInt32BE(5);',
    'const ids = gen(); function* gen() { let i = 0; for (;;) yield i++; } export const f = () => ids.next().value;',
    'export const f = () => { Error.stackTraceLimit = 0; };',
    'export const f = () => { Array.prototype.x = 0; };',
    '{ let n = 0; }',
    'const next = (() => { let n = 0; return () => n++; })();',
    'const known = lazily(() => ({ n: 0 })); export const f = () => { known().n += 1; };',
    'const held = { list: [] }; export const f = (x = held.list) => { x.push(1); };',
    'const h = createHash("x"); export const f = (t) => h.update(t);',
    'const s = {}; export const f = () => { (s as { n?: number }).n = 1; };',
    'const s = { n: 0 }; export const f = () => { s["n"]++; };',
    'export const f = Object.assign(() => f.n++, { n: 0 });',
    'const state = { n: 0 }; function bump(o) { o.n++; } export const f = () => bump(state);',
    'const list = []; export const f = () => { (list.length ? list : []).push(1); };',
    'var n = 0;',
    'export let n = 0;',
    'const s = new Proxy({}, {});',
    'const s = new (class { n = 0; bump() { this.n++; } })();',
    'const s = Object.freeze({ m: new Map() }); export const f = () => s.m.set(1, 1);',
    'const s = { n: 0, bump() { this.n += 1; } }; export const f = () => s.bump();',
    'const add = [].push.bind([]);',
  ])
    assert.notDeepEqual(
      stateFindings('schemas/a.ts', text, (path) => otherFiles.get(path)),
      [],
      text,
    );
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
    'const pattern = /a/y;\nexport function f(x) { pattern.lastIndex = 0; return pattern.test(x); }',
    'export function counter() { let n = 0; return () => (n += 1); }\nexport const f = () => counter()();',
    'export const sorted = (o) => Object.entries(o).sort();',
    'const list = [2, 1];\nexport const f = () => [...list].sort();',
    'export const key = (spki) => globalThis.crypto.subtle.importKey("spki", spki, {}, true, ["verify"]);',
    "import { lazily } from './lazily.ts';\nconst known = lazily(() => new Set());\nexport const f = (x) => known().has(x);",
  ])
    assert.deepEqual(found(text), [], text);
});

test('a module with effects has no state of the process', () => {
  const stored = (text: string): string[] =>
    stateFindings('hub/a.ts', text).map((finding) => finding.replace('hub/a.ts:', ''));
  assert.deepEqual(stored("import { readFileSync } from 'node:fs';\nconst f = () => Date.now();"), []);
  assert.deepEqual(stored('const pattern = new RegExp("a");\nconst gone = new Problem("gone");'), []);
  assert.deepEqual(stored('const waiting = new Semaphore(2);'), ['1: the module keeps a Semaphore']);
  assert.deepEqual(stored('let last;'), ['1: a variable of the module']);
  assert.deepEqual(stored('const idle = [];\nfunction f() { idle.push(1); }'), [
    '2: state of the module changes',
  ]);
});

test('a known impurity is let through, and reported once it is gone', () => {
  const known = { 'log/a.ts: x': 'why' };
  assert.deepEqual(judged(['log/a.ts:3: x', 'log/a.ts:4: y', 'log/b.ts:1: x'], known), [
    'log/a.ts:4: y',
    'log/b.ts:1: x',
  ]);
  assert.match(judged([], known)[0] ?? '', /^log\/a\.ts: x: is so no more/);
});
