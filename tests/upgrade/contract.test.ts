/**
 * A client of a former release works with this hub: each operation of then is there, requires nothing more, takes what it took, and returns
 * what it returned. `contract-VERSION.json.gz` is what this test reads of the openapi.json of that release. `npm run drill clients` runs the
 * clients themselves.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { nonEmpty } from '../nonEmpty.ts';

type Node = Readonly<Record<string, unknown>>;

/** An operation as a client sees it. */
interface Seen {
  /** parameters and members of the body that a call must have, and those that it may have: `query limit`, `body reason` */
  readonly must: readonly string[];
  readonly may: readonly string[];
  /** members that a reply 2xx always has */
  readonly returns: readonly string[];
}

const root = join(import.meta.dirname, '../..');

/** Operations by method and path without the names of its parameters. */
function operationsOf(document: Node): ReadonlyMap<string, Seen> {
  const found = (value: unknown): Node | undefined => {
    const node = value as Node | undefined;
    if (typeof node?.['$ref'] !== 'string') return node;
    return found(
      node['$ref']
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (at as Node)[key], document),
    );
  };
  const jsonOf = (content: unknown): Node | undefined =>
    found((found((found(content)?.['content'] as Node | undefined)?.['application/json']) ?? {})['schema']);
  const requiredOf = (schema: Node | undefined): readonly string[] =>
    (schema?.['required'] ?? []) as readonly string[];
  const seen = new Map<string, Seen>();
  for (const [path, item] of Object.entries(document['paths'] as Readonly<Record<string, Node>>))
    for (const [method, operation] of Object.entries(item as Readonly<Record<string, Node>>)) {
      if (!['get', 'post', 'put', 'delete', 'patch'].includes(method)) continue;
      const shared = (item['parameters'] ?? []) as readonly unknown[];
      const parameters = [...shared, ...((operation['parameters'] ?? []) as readonly unknown[])]
        .map((one) => found(one) ?? {})
        .filter((one) => one['in'] !== 'path');
      const nameOf = (one: Node): string => `${String(one['in'])} ${String(one['name'])}`;
      const body = jsonOf(operation['requestBody']);
      const ofBody = (name: string): string => `body ${name}`;
      const replies = Object.entries(operation['responses'] as Node).filter(([status]) => /^2/.test(status));
      seen.set(`${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`, {
        must: [
          ...parameters.filter((one) => one['required'] === true).map(nameOf),
          ...requiredOf(body).map(ofBody),
        ],
        may: [...parameters.map(nameOf), ...Object.keys((body?.['properties'] ?? {}) as Node).map(ofBody)],
        returns: replies.flatMap(([status, reply]) =>
          requiredOf(jsonOf(reply)).map((name) => `${status} ${name}`),
        ),
      });
    }
  return seen;
}

const now = operationsOf(JSON.parse(readFileSync(join(root, 'api/openapi.json'), 'utf8')) as Node);
const contractOf = (version: string): Readonly<Record<string, Seen>> => {
  const file = readFileSync(join(import.meta.dirname, `contract-${version}.json.gz`));
  return JSON.parse(gunzipSync(file).toString('utf8')) as Readonly<Record<string, Seen>>;
};
const missing = (wanted: readonly string[], among: readonly string[]): readonly string[] =>
  wanted.filter((one) => !among.includes(one));

for (const version of ['0.1.0', '0.2.0'])
  test(`every operation of ${version} is there, and a call of then fits it`, () => {
    const former = nonEmpty(Object.entries(contractOf(version)));
    const faults = former.flatMap(([operation, then]) => {
      const today = now.get(operation);
      if (today === undefined) return [`${operation} is gone`];
      return [
        ...missing(today.must, then.must).map((one) => `${operation} requires ${one}`),
        ...missing(then.may, today.may).map((one) => `${operation} takes no ${one}`),
        ...missing(then.returns, today.returns).map((one) => `${operation} may not return ${one}`),
      ];
    });
    assert.deepEqual(faults, []);
    assert.ok(former.length > 200);
  });
