/** deploy/kubernetes: rendered as `kubectl apply -k` does, checked against the types of Kubernetes' API, and its scripts run. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { readConfig, type ConfigDocument } from '../../hub/platform/config/readConfig.ts';
import { typeErrors } from '../typeErrors.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'deploy/kubernetes');
const home = mkdtempSync(join(tmpdir(), 'datong-kubernetes-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** Modules of `kubernetes-types`, which are generated from Kubernetes' OpenAPI document. */
const modules: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
};

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Record<string, unknown>;
  readonly data?: Readonly<Record<string, string>>;
}
interface Container {
  readonly command: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
}
interface Pod {
  readonly initContainers: readonly [Container];
  readonly containers: readonly [Container];
}

/** The parts of a pod that the standard «restricted» of Kubernetes concerns. */
interface Restricted {
  readonly securityContext: {
    readonly runAsNonRoot: boolean;
    readonly runAsUser: number;
    readonly seccompProfile: object;
  };
  readonly volumes: readonly object[];
  readonly initContainers: readonly RestrictedContainer[];
  readonly containers: readonly [RestrictedContainer];
}
interface RestrictedContainer {
  readonly securityContext: object;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** What the compiler says of manifests: fields that do not exist, are missing, or have another type. */
const faultsOf = (manifests: readonly Manifest[]): string[] =>
  typeErrors(
    new Map(
      manifests.map((one) => {
        const module = modules[one.apiVersion] ?? one.apiVersion;
        const from = `'kubernetes-types/${module}' with { 'resolution-mode': 'require' }`;
        const text = `import type { ${one.kind} } from ${from};
export const manifest: ${one.kind} = ${JSON.stringify(one)};
`;
        return [join(root, `tests/${one.kind}-${one.metadata.name}.mts`), text];
      }),
    ),
  );

const hasKubectl = ((): boolean => {
  try {
    execFileSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
// CI has it (scripts/debian-packages)
const skip = !hasKubectl && process.env['CI'] === undefined ? 'no kubectl' : false;

describe('deploy/kubernetes', { skip }, () => {
  let manifests: readonly Manifest[] = [];
  const named = (kind: string, name = 'datong'): Manifest => {
    const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
    assert.ok(found, `${kind} ${name}`);
    return found;
  };
  const pod = (): Pod =>
    (named('StatefulSet').spec as { readonly template: { readonly spec: Pod } }).template.spec;

  before(() => {
    const rendered = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
    manifests = parseAllDocuments(rendered).map((one) => one.toJS() as Manifest);
  });

  test('each object has the fields of its type, and no other', () => {
    assert.deepEqual(manifests.map(({ kind }) => kind).sort(), [
      ...['ConfigMap', 'Namespace', 'NetworkPolicy', 'PodDisruptionBudget'],
      ...['Service', 'Service', 'Service', 'ServiceAccount', 'StatefulSet'],
    ]);
    assert.deepEqual(faultsOf(manifests), []);
    const budget = named('PodDisruptionBudget');
    const wrong = { ...budget, spec: { ...budget.spec, minAvailble: 1 } };
    assert.match(faultsOf([wrong]).join(), /minAvailble/);
  });

  test('the configuration is one of a hub; ports, probes, policies and services name its listeners', () => {
    const config = manifests.find(({ kind }) => kind === 'ConfigMap');
    const hub = readConfig(JSON.parse(config?.data?.['hub.json'] ?? '') as ConfigDocument, {});
    const [container] = pod().containers;
    const listeners = Object.fromEntries(
      Object.entries(hub.listeners).map(([name, { port }]) => [name, port]),
    );
    const ports = Object.fromEntries(container.ports.map((one) => [one.name, one.containerPort]));
    assert.deepEqual(ports, listeners);
    for (const [probe, path] of [
      ['startupProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
      ['livenessProbe', '/healthz'],
    ] as const)
      assert.deepEqual(container[probe]?.httpGet, { path, port: 'admin' });
    const services = manifests.filter(({ kind }) => kind === 'Service');
    const served = services.flatMap(
      ({ spec }) => (spec as { ports: { port: number; targetPort: string }[] }).ports,
    );
    assert.deepEqual(Object.fromEntries(served.map((one) => [one.targetPort, one.port])), listeners);
    const { ingress } = named('NetworkPolicy').spec as {
      ingress: { from?: object[]; ports: { port: string }[] }[];
    };
    const toEveryone = ingress.flatMap(({ from, ports: open }) =>
      from === undefined ? open.map(({ port }) => port) : [],
    );
    assert.deepEqual(toEveryone, ['exchange', 'open']);
    const opened = ingress.flatMap(({ ports: open }) => open.map(({ port }) => port));
    assert.deepEqual(opened.sort(), Object.keys(listeners).sort());
  });

  test('the pod meets the pod security standard that its namespace enforces, and writes to volumes only', () => {
    const { labels } = named('Namespace').metadata as unknown as { labels: Record<string, string> };
    assert.equal(labels['pod-security.kubernetes.io/enforce'], 'restricted');
    const { securityContext, volumes, initContainers, containers, ...rest } = pod() as unknown as Restricted;
    assert.equal(securityContext.runAsNonRoot, true);
    assert.ok(securityContext.runAsUser > 0);
    assert.deepEqual(securityContext.seccompProfile, { type: 'RuntimeDefault' });
    assert.deepEqual(
      Object.keys(rest).filter((name) => name.startsWith('host')),
      [],
    );
    const permitted = ['configMap', 'emptyDir', 'persistentVolumeClaim', 'projected', 'secret'];
    const kinds = volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    assert.deepEqual(
      kinds.filter((kind) => !permitted.includes(kind)),
      [],
    );
    for (const container of [...initContainers, ...containers]) {
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const { hostPort } of container.ports ?? []) assert.equal(hostPort, undefined);
    }
    // the folders that the hub writes to: state, keys below it, and temporary files
    const writable = containers[0].volumeMounts.filter(({ readOnly }) => readOnly !== true);
    assert.deepEqual(writable.map(({ mountPath }) => mountPath).sort(), ['/tmp', '/var/lib/datong']);
    const config = manifests.find(({ kind }) => kind === 'ConfigMap');
    const { stateDir } = JSON.parse(config?.data?.['hub.json'] ?? '') as ConfigDocument;
    assert.match(String(stateDir), /^\/var\/lib\/datong\//);
  });

  test('one budget, one policy and each service select the pods', () => {
    const labels = { app: 'datong' };
    const { selector, template } = named('StatefulSet').spec as Record<string, Record<string, unknown>>;
    assert.deepEqual(selector, { matchLabels: labels });
    assert.deepEqual(template?.['metadata'], { labels });
    assert.deepEqual(named('PodDisruptionBudget').spec?.['selector'], { matchLabels: labels });
    assert.deepEqual(named('NetworkPolicy').spec?.['podSelector'], { matchLabels: labels });
    for (const { kind, spec } of manifests)
      if (kind === 'Service') assert.deepEqual(spec?.['selector'], labels);
  });

  test('the pod copies the keys of the secret for its user only, and replaces none', () => {
    const secret = join(home, 'secret');
    const state = join(home, 'volume');
    mkdirSync(secret);
    mkdirSync(state);
    for (const name of ['log.pem', 'sealing.key']) writeFileSync(join(secret, name), `secret ${name}`);
    chmodSync(join(secret, 'log.pem'), 0o440);
    const [{ command }] = pod().initContainers;
    const run = (): Buffer => {
      const moved = command.map((part) =>
        part.replaceAll('/run/secrets/datong-keys', secret).replaceAll('/var/lib/datong', state),
      );
      return execFileSync(moved[0] ?? '', moved.slice(1));
    };
    run();
    const keys = join(state, 'state/keys');
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    assert.deepEqual(
      [modeOf(join(state, 'state')), modeOf(keys), modeOf(join(keys, 'log.pem'))],
      [...[0o700, 0o700, 0o600]],
    );
    writeFileSync(join(keys, 'sealing.key'), 'of the hub');
    writeFileSync(join(secret, 'log-token-2027.key'), 'new');
    run();
    assert.equal(readFileSync(join(keys, 'sealing.key'), 'utf8'), 'of the hub');
    assert.equal(readFileSync(join(keys, 'log-token-2027.key'), 'utf8'), 'new');
  });

  test('the hub gets the address of the database from the file of the secret', () => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(home, 'url'), 'postgres://hub:a b@db/datong\n');
    writeFileSync(join(bin, 'datong'), '#!/bin/sh\necho "$DATABASE_URL|$*"\n', { mode: 0o755 });
    const [{ command }] = pod().containers;
    const [program = '', ...args] = command.map((part) =>
      part.replaceAll('/run/secrets/datong-database', home),
    );
    const out = execFileSync(program, args, { env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } });
    assert.equal(out.toString('utf8'), 'postgres://hub:a b@db/datong|serve --config /etc/datong/hub.json\n');
  });
});
