/**
 * The cost of the agent for a program: one person at a time by plain HTTP through `datong client agent`, compared with the SDK in the
 * program itself. Both sign and verify every exchange; program, agent and hub are separate processes.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ProfileDocument } from '../clients/sdk/profile.ts';
import { datongBin, datongEnvironment } from '../tests/datong.ts';
import { sampleCity, testHub } from '../tests/hub.ts';
import type { AskOrder, AskWorld } from './release/askLoad.ts';
import { sendRegister } from './release/register.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rows = 2_000;
const rounds = 5;
const slice = 1_000;
const atOnce = 8;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-agent-'));
  const program = fork(fileURLToPath(new URL('release/askLoad.mjs', import.meta.url)));
  let agent: ReturnType<typeof spawn> | undefined;
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    const { education } = city;
    const people = await sendRegister(city, rows);
    const { exchange, open } = hub.hub.origins;
    const profile: ProfileDocument = {
      ...{ v: 1, department: education.department, tls: education.tls },
      hub: { exchange, open, ca: hub.ca, keys: { keys: [] } },
      signingKey: education.signing.privateKey.export({ format: 'jwk' }),
    };
    await writeFile(join(home, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
    const child = spawn(process.execPath, [datongBin, 'agent', '--port', '0'], {
      ...{ cwd: home, env: datongEnvironment() },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    agent = child;
    const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
    const tokens = await readFile(join(home, 'datong-agent-tokens.json'), 'utf8');
    const { default: token } = JSON.parse(tokens) as { readonly default: string };
    await reported(program, { profile, address, token, people });
    return [await compare(program)];
  } finally {
    program.kill();
    agent?.kill('SIGTERM');
    await hub.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function compare(program: ChildProcess): Promise<BenchRow> {
  const ask = (way: AskOrder['way'], milliseconds: number): Promise<number> =>
    reported(program, { way, atOnce, milliseconds });
  // both sides run compiled code
  for (const way of ['sdk', 'agent'] as const) await ask(way, 3 * slice);
  const rates = { sdk: [] as number[], agent: [] as number[] };
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const sdk = await ask('sdk', slice);
    const agent = await ask('agent', slice);
    rates.sdk.push(sdk);
    rates.agent.push(agent);
    ratios.push(agent / sdk);
  }
  return {
    figure: 'one-record release through the agent',
    value: median(ratios),
    unit: '×',
    against: 'the SDK in the program',
    must: { atLeast: 0.5 },
    note: `${median(rates.agent).toFixed(0)} against ${median(rates.sdk).toFixed(0)} answers/s, ${atOnce} at once`,
  };
}

async function reported(program: ChildProcess, order: AskWorld | AskOrder): Promise<number> {
  program.send(order);
  const [answer] = (await once(program, 'message')) as [
    { readonly rate: number } | { readonly error: string },
  ];
  if ('error' in answer) throw new Error(answer.error);
  return answer.rate;
}
