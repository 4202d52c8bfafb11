/** Files of different departments, as they are, each from the file to a granted and masked answer by what a person types. Each language has its own hub: the names are those that are proposed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase } from '../database.ts';
import type { Ran } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { applyCity, testHub } from '../hub.ts';
import { maxSampleBytes, wholeLines } from '../../terms/sampleFile.ts';
import { ownFiles } from '../ownFiles.ts';
import { typedDatong } from '../typedDatong.ts';

interface Tried {
  readonly draft?: { readonly proposed: object };
  readonly documents?: { readonly text: string };
}

export interface TypedOwnFiles {
  /** folder of the files */
  readonly home: string;
  /** of the demo that `--as` refers to */
  readonly state: string;
  /** @throws AssertionError where the console's documents differ from the terminal's */
  readonly sameInConsole: (path: string, id: string) => Promise<void>;
}

/** Defines the tests of a language. @returns what further tests use */
export async function typedOwnFiles(language: 'zh' | 'en'): Promise<TypedOwnFiles> {
  const hub = await testHub({ database: await testDatabase() });
  await applyCity(hub, ['city/departments.yaml', 'city/purposes.yaml']);
  const home = mkdtempSync(join(tmpdir(), 'datong-own-files-'));
  after(async () => {
    await hub.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const provider = await hub.enrol('transport');
  const consumer = await hub.enrol('education');
  const state = join(home, 'demo.json');
  const operator = await hub.token('operator', ['operator']);
  writeDemoState(
    state,
    { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
    {
      operator,
      security: await hub.token('security', ['security']),
    },
    [provider, consumer],
  );

  /** The hub drafts the same documents for the console from the same file and answers: those that are proposed. */
  async function sameInConsole(path: string, id: string): Promise<void> {
    const whole = readFileSync(path);
    const bytes = whole.length > maxSampleBytes ? wholeLines(whole.subarray(0, maxSampleBytes)) : whole;
    const file = { name: basename(path), bytes: bytes?.toString('base64') };
    const [, name = ''] = id.split('.');
    const trial = async (body: object): Promise<Tried> => {
      for (let tries = 1; ; tries += 1) {
        const { status, json } = await hub.staff(operator, 'POST', '/v1/datasets/trials', body);
        // a check of the same person may still run on a slow machine
        if (status !== 429 || tries === 100) return json;
        await sleep(200);
      }
    };
    const { draft } = await trial({ file });
    const conditions = language === 'zh' ? '法定职责所需' : 'for statutory duties';
    const usual = { levels: {}, sharing: 'conditional', conditions, mode: 'snapshot' };
    const { documents, ...reason } = await trial({
      file,
      answers: { department: 'transport', ...draft?.proposed, ...usual, name },
    });
    const written = readFileSync(join(home, `${name}.yaml`), 'utf8');
    assert.equal(
      documents?.text,
      written,
      `terminal and console make the same documents; ${JSON.stringify(reason)}`,
    );
  }

  for (const { name, write, fields, hidden } of ownFiles)
    test(`${name}: from the file to a granted, masked answer (${language})`, async () => {
      const path = join(home, name);
      write(path);
      let typedCommands = 0;
      const datong = async (...words: string[]): Promise<Ran> => {
        typedCommands += 1;
        const ran = await typedDatong(words, {
          cwd: home,
          env: { DATONG_STATE: state, LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'en_GB.UTF-8' },
        });
        assert.equal(ran.code, 0, `${words.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
        return ran;
      };
      const created = await datong(
        ...[
          'dataset',
          'create',
          path,
          '--for',
          'transport',
          '--yes',
          '--as',
          'operator',
          '--approve-with',
          'security',
        ],
      );
      const [, id = ''] = /(transport\.[a-z0-9-]+)/.exec(created.stdout) ?? [];
      assert.match(created.stdout, language === 'zh' ? /已登记 {2}数据资源/ : /registered {2}Dataset/);
      for (const field of fields) assert.match(created.stdout, new RegExp(`^ *${field} `, 'm'));
      if (hidden !== undefined) assert.doesNotMatch(created.stdout, hidden, 'the sample rows are masked');
      await sameInConsole(path, id);
      const sent = await datong('send', path, '--dataset', id, '--as', 'transport');
      assert.match(sent.stderr + sent.stdout, /\d/);
      const agreement = `agr-education-${id.split('.')[1] ?? ''}`;
      await datong(
        ...[
          'agreement',
          'create',
          id,
          '--consumer',
          'education',
          '--purpose',
          'statistics',
          '--basis',
          '统计法',
          '--clause',
          '第一条',
        ],
        ...['--id', agreement, '--as', 'operator'],
      );
      await datong('agreement', 'check', `${agreement}.yaml`, '--as', 'operator');
      const granted = await datong(
        ...['catalogue', 'apply', `${agreement}.yaml`, '--sign-as', 'transport', 'education'],
        ...['--as', 'operator', '--approve-with', 'security'],
      );
      assert.match(granted.stdout, language === 'zh' ? /已生效/ : /in force/);
      const answer = await datong(
        ...[
          'fetch',
          id,
          '--purpose',
          'statistics',
          '--agreement',
          agreement,
          '--as',
          'education',
          '--limit',
          '5',
        ],
      );
      const rows = answer.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.ok(rows.length >= 4, answer.stdout);
      if (hidden !== undefined) assert.doesNotMatch(answer.stdout, hidden, 'masked');
      assert.ok(typedCommands <= 12, `${typedCommands} commands`);
    });
  return { home, state, sameInConsole };
}
