/** The languages of clients/examples, as far as this machine has them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/generated.ts';

export const example = (name: string): string => join(root, 'clients/examples', name);
const runs = (program: string, args: readonly string[], wanted = /(?:)/): boolean => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 && wanted.test(stdout + stderr);
};

export interface Language {
  readonly name: string;
  readonly file: string;
  /** program and arguments, undefined where the machine does not have what it takes */
  readonly command: readonly [string, ...string[]] | undefined;
  readonly needs: string;
}
const python = ['python3', '/usr/bin/python3'].find((program) =>
  runs(program, ['-c', 'import cryptography']),
);
/** @param folder where the class of Java lies */
export const languagesIn = (folder: string): readonly Language[] => [
  {
    name: 'Python',
    file: 'datong_client.py',
    command: python === undefined ? undefined : [python, example('datong_client.py')],
    needs: 'python3 with cryptography',
  },
  {
    name: 'Java',
    file: 'DatongClient.java',
    command: runs('java', ['--list-modules'], /jdk\.compiler@(1[7-9]|[2-9]\d)/)
      ? ['java', '-XX:TieredStopAtLevel=1', '-cp', folder, 'DatongClient']
      : undefined,
    needs: 'a JDK of 17 or newer',
  },
  {
    name: 'Shell',
    file: 'datong.sh',
    command:
      runs('openssl', ['version'], /OpenSSL [3-9]/) && runs('curl', ['--version'])
        ? ['bash', example('datong.sh')]
        : undefined,
    needs: 'curl and openssl 3',
  },
];

/** CI has all of them (.ci/run); elsewhere the reason is reported. */
export const skipOf = ({ command, needs }: Pick<Language, 'command' | 'needs'>): string | false =>
  command === undefined && process.env['CI'] === undefined ? `no ${needs}` : false;

/** `java DatongClient.java` runs it as it is; compiled once, it starts faster. */
export function compileJava(languages: readonly Language[], folder: string): void {
  if (!languages.some(({ command }) => command?.[0] === 'java')) return;
  assert.equal(
    spawnSync('javac', ['-d', folder, example('DatongClient.java')], { stdio: 'inherit' }).status,
    0,
  );
}
