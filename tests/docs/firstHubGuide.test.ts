/** docs/guides/first-hub.md is done as written, in both languages: folders and homes of their own, a database, every command, every line. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { removeData } from '../../hub/platform/postgres/startPostgres.ts';
import { readPidFile } from '../../hub/platform/postgres/liveness.ts';
import { readRecord } from '../../hub/platform/postgres/stateRecord.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { freePorts } from '../freePorts.ts';
import { chineseWalk } from '../leftToNightly.ts';
import { assertEachLine, guideSteps, linePattern, outputPattern, type Command } from './guideSteps.ts';

const guides = resolve(import.meta.dirname, '../../docs/guides');
const ended: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ended.reverse()) await end();
});

for (const [guide, language, skip] of [
  ['first-hub.md', 'en_GB.UTF-8', false],
  ['first-hub.zh-CN.md', 'zh_CN.UTF-8', chineseWalk],
] as const) {
  test(`${guide} holds, from nothing to the second department's verified answer`, { skip }, async () => {
    const world = mkdtempSync(join(tmpdir(), 'datong-first-hub-'));
    const first = await freePorts(4);
    const hubs: ChildProcess[] = [];
    ended.push(async () => {
      for (const hub of hubs) {
        if (hub.exitCode === null && hub.signalCode === null) {
          hub.kill('SIGTERM');
          await once(hub, 'exit');
        }
        // no one has read its output since it served: it stops as any other, and its database with it
        assert.equal(hub.exitCode, 0);
      }
      const own = await readRecord(join(world, 'hub', 'work', 'data'));
      assert.ok(own !== undefined);
      assert.equal(await readPidFile(own.dataDir), undefined, 'its PostgreSQL runs');
      await removeData(own.dataDir);
      rmSync(world, { recursive: true, force: true });
    });
    /** everything that was printed so far, for a reader who types it again */
    const printed: string[] = [];
    const talked: string[] = [];
    const here = (text: string): string =>
      text
        .replaceAll(/\b844([3-6])\b/g, (_all, last: string) => String(first + Number(last) - 3))
        // the tests' own server loses what was written when the machine fails, which a hub does not accept
        .replaceAll('$DATABASE', 'own');
    const folderOf = (at: string): string => {
      const folder = join(world, at, 'work');
      mkdirSync(folder, { recursive: true });
      return folder;
    };
    const environment = (at: string): Record<string, string> => ({
      LANG: language,
      HOME: join(world, at),
      DATONG_HOME: join(world, at, '.datong'),
      DATONG_STATE: join(world, 'none.json'),
    });
    /** What a name that the guide gives to a part of the screen denotes. */
    const shownAs = (name: string): string => {
      const screen = printed.join('\n');
      const halves = [...screen.matchAll(/^DT-\S+$/gm)].map(([half]) => half);
      const found: Record<string, string | undefined> = {
        $KEY: /^(?:Key|密钥) {2}(\S+) {2}transport/m.exec(screen)?.[1],
        $PERSON: /(?:person|人员) (\S+?)[:：]/.exec(talked.join('\n'))?.[1],
        $FIRST: halves[0],
        $SECOND: halves[1],
        $PIN: /--pin (sha256:\S+)/.exec(screen)?.[1],
      };
      return found[name] ?? assert.fail(`nothing printed is ${name}`);
    };
    /** What was left out by `…` is what the screen showed. */
    const typed = (given: string): string => {
      const command = given.replaceAll(/\$[A-Z]+/g, (name) => shownAs(name));
      if (!command.includes('…')) return command;
      const pattern = new RegExp(`^${linePattern(command)}$`);
      const [found, ...more] = printed.filter((line) => pattern.test(line));
      assert.ok(found, `nothing printed is like: ${command}`);
      assert.equal(more.length, 0, `several lines are like: ${command}`);
      return found;
    };
    const serve = async ({ at, output }: Command): Promise<void> => {
      const hub = spawn(process.execPath, [datongBin, 'serve'], {
        cwd: folderOf(at),
        env: datongEnvironment(environment(at)),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      hubs.push(hub);
      let stderr = '';
      hub.stderr.setEncoding('utf8');
      const pattern = outputPattern(output.map(here));
      for await (const chunk of hub.stderr) {
        stderr += String(chunk);
        // ends the pipe as well: the watcher of the start has gone
        if (pattern.test(stderr)) break;
      }
      assert.match(stderr, pattern);
    };
    const run = async (step: Command): Promise<void> => {
      const command = typed(here(step.command));
      const words = command.split(' ').map((word) => word.replaceAll(/^'|'$/g, ''));
      assert.equal(words.shift(), 'datong');
      const { stdout, stderr } = await runDatong(words, {
        cwd: folderOf(step.at),
        env: environment(step.at),
      });
      printed.push(...stdout.split('\n'));
      talked.push(stderr);
      // what is data and what is talk comes by two ways; a reader's screen mixes them line by line
      const lines = step.output.map(here);
      const reported = `${stdout}${stderr}`;
      if (!outputPattern(lines).test(reported)) assertEachLine(lines, reported, command);
    };
    for (const step of guideSteps(join(guides, guide))) {
      if (step.kind === 'file') {
        for (const place of step.places)
          writeFileSync(join(folderOf(dirname(place)), basename(place)), step.text);
      } else if (step.kind === 'carried') {
        for (const file of step.files)
          copyFileSync(
            join(folderOf(dirname(file)), basename(file)),
            join(folderOf(step.to), basename(file)),
          );
      } else if (step.command === 'datong serve') await serve(step);
      else await run(step);
    }
    assert.ok(printed.some((line) => line.startsWith('{"permit_no"')));
  });
}

test('both languages show the same commands at the same places', () => {
  const [english, chinese] = ['first-hub.md', 'first-hub.zh-CN.md'].map((guide) =>
    guideSteps(join(guides, guide)).map((step) =>
      step.kind === 'command' ? [step.at, step.command] : step.kind,
    ),
  );
  assert.deepEqual(chinese, english);
});
