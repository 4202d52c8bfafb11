/**
 * The stage of a scenario: a hub in a process that can be killed, its persons and the machines of its departments. Everything goes through
 * the command line and the interfaces that every department has; a scenario that needs another way has found a hole.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { dirname, join, parse, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ReplyMessage } from '../certs/message.ts';
import { signingKey } from '../certs/signatures/index.ts';
import { applyDocuments } from '../clients/cli/apply/applyDocuments.ts';
import { readDocuments } from '../clients/cli/apply/readDocuments.ts';
import { staffClient, type StaffClient } from '../clients/cli/apply/staffCall.ts';
import {
  tokenFor,
  enrolMachine,
  invite,
  admitPerson,
  type Admission,
} from '../clients/cli/demo/staffTokens.ts';
import { pinnedRoot } from '../clients/cli/enrol/pinnedRoot.ts';
import { DatongClient } from '../clients/sdk/datongClient.ts';
import { openProfile } from '../clients/cli/profile.ts';
import { freePorts } from '../tests/freePorts.ts';
import { writtenDocuments } from '../tests/writtenDocuments.ts';
import { defined } from '../terms/defined.ts';

const datong = resolve(import.meta.dirname, '../bin/datong.mjs');
const program = promisify(execFile);

interface Origins {
  readonly exchange: string;
  readonly open: string;
  readonly staff: string;
}

/** A command that runs next to the scenario. */
export interface Running {
  /** what it has written to stderr */
  readonly stderr: () => string;
  /** waits until it has written this */
  readonly says: (what: RegExp) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A call of the staff interface that was refused. */
class StaffRefusal extends Error {}

export class Stage {
  private readonly folder: string;
  private pin = '';
  private ca = '';
  private origins: Origins = { exchange: '', open: '', staff: '' };
  private hub: ChildProcess | undefined;
  /** the most memory that a process of the hub had in use, in MB */
  private peak = 0;
  private readonly clients = new Map<string, DatongClient>();
  private staff: StaffClient | undefined;
  private security = '';

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param folder empty; what is made in it is removed by `close` except for `out` */
  static async raise(folder: string): Promise<Stage> {
    const stage = new Stage(folder);
    mkdirSync(join(folder, 'out'), { recursive: true });
    // where the run is started by root, the database runs as another user, who passes through this folder
    chmodSync(folder, 0o711);
    try {
      await stage.begin();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Where a scenario leaves what it received. */
  get out(): string {
    return join(this.folder, 'out');
  }

  /** An empty folder for files of the machines, such as a bridge's password. It is no part of the result. */
  machineFolder(name: string): string {
    const path = join(this.folder, 'machines', name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Runs `datong` with these words. @returns what it prints */
  async run(words: readonly string[]): Promise<string> {
    const env = {
      ...process.env,
      DATONG_HOME: join(this.folder, 'home'),
      DATONG_STATE: join(this.folder, 'none'),
    };
    const { stdout } = await program(process.execPath, [datong, ...words], {
      cwd: this.folder,
      env,
      maxBuffer: 1 << 30,
    });
    return stdout;
  }

  /** Starts `datong` with these words; it runs until `stop`. */
  start(words: readonly string[]): Running {
    const child = spawn(process.execPath, [datong, ...words], {
      cwd: this.out,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    return {
      stderr: () => text,
      says: async (what) => {
        while (!what.test(text)) {
          if (child.exitCode !== null) throw new Error(`${words.join(' ')} ended: ${text}`);
          await sleep(50);
        }
      },
      stop: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      },
    };
  }

  private async begin(): Promise<void> {
    const port = await freePorts(4);
    const origin = `https://localhost:${port}`;
    await this.run(['init', '--name', 'scenario', '--origin', origin, '--database', 'own']);
    const persons = ['--operator', '李工', '--security', '王科'];
    const { pin, persons: founders } = JSON.parse(
      await this.run(['hub', 'bootstrap', ...persons, '--json']),
    ) as {
      readonly pin: string;
      readonly persons: readonly { readonly role: string; readonly code: string; readonly second: string }[];
    };
    this.pin = pin;
    await this.startHub();
    const tokens = new Map<string, string>();
    for (const { role, code, second } of founders)
      tokens.set(role, (await tokenFor({ open: this.origins.open, pin }, code, second)).token);
    this.ca = await pinnedRoot(this.origins.open, this.pin);
    this.security = tokens.get('security') ?? '';
    const access = { origin: this.origins.staff, ca: this.ca, token: tokens.get('operator') ?? '' };
    this.staff = staffClient(access);
  }

  private async startHub(): Promise<void> {
    const hub = spawn(process.execPath, [datong, 'serve', '--json'], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.hub = hub;
    let reported = '';
    hub.stderr.setEncoding('utf8').on('data', (text: string) => {
      // the reason of a failed start is in its last lines
      reported = `${reported}${text}`.slice(-2_000);
    });
    const [line] = (await Promise.race([
      once(hub.stdout, 'data'),
      once(hub, 'close').then(([code]) => {
        throw new Error(`the hub did not start: exit ${String(code)}\n${reported}`);
      }),
    ])) as [Buffer];
    ({ origins: this.origins } = JSON.parse(line.toString('utf8')) as { readonly origins: Origins });
  }

  /**
   * Ends the process of the hub as a failure of its machine does, and starts the hub again. Writes both moments and the signal that ended it
   * to `outage.json`.
   */
  async crash(): Promise<void> {
    const { hub } = this;
    if (hub?.exitCode !== null) throw new Error('the hub does not run');
    this.sampleMemory();
    const killed = Date.now();
    const gone = once(hub, 'exit');
    hub.kill('SIGKILL');
    await gone;
    await this.startHub();
    const outage = { killed, again: Date.now(), signal: hub.signalCode };
    writeFileSync(join(this.out, 'outage.json'), JSON.stringify(outage));
  }

  /** Reads the most memory that the hub's process has had in use so far; a process that has just ended has none. */
  sampleMemory(): void {
    const file = `/proc/${String(this.hub?.pid)}/status`;
    if (!existsSync(file)) return;
    const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
    this.peak = Math.max(this.peak, Math.round(kilobytes / 1024));
  }

  /** In MB, over all processes of the hub; 0 where the system does not report it. */
  get peakMemory(): number {
    return this.peak;
  }

  /** A call of the staff interface, as the operator where no token is given. @throws StaffRefusal */
  async call(path: string, body?: object, token?: string): Promise<Readonly<Record<string, unknown>>> {
    const staff = this.operator();
    const reply = body === undefined ? await staff.get(path, token) : await staff.post(path, body, token);
    if (reply.status >= 400)
      throw new StaffRefusal(`${path}: ${String(reply.status)} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** A new person. @returns their token */
  async person(name: string, role: string, department?: string): Promise<string> {
    const { token } = await admitPerson(this.admitting(), name, { role, ...defined({ department }) });
    return token;
  }

  /** Enrols a machine of a registered department. */
  async enrol(department: string): Promise<void> {
    const file = this.profileOf(department);
    await enrolMachine(this.admitting(), department, dirname(file));
    this.clients.set(department, DatongClient.fromProfile(openProfile({ profile: file })));
  }

  private admitting(): Admission {
    return { open: this.origins.open, pin: this.pin, operator: this.operator(), security: this.security };
  }

  private operator(): StaffClient {
    if (this.staff === undefined) throw new Error('the hub has not begun');
    return this.staff;
  }

  /** The client library of a department's machine. */
  client(department: string): DatongClient {
    const client = this.clients.get(department);
    if (client === undefined) throw new Error(`${department} has no machine`);
    return client;
  }

  /**
   * Applies a file of documents, or documents that were made here.
   * @param how token of who applies (default: the operator), departments that sign with their machine's key
   * @throws StaffRefusal with the first refusal
   */
  async apply(
    given: string | readonly object[],
    how: { readonly token?: string; readonly signers?: readonly string[] } = {},
  ): Promise<readonly { readonly name: string; readonly proposal?: string }[]> {
    const { token, signers = [] } = how;
    const own =
      token === undefined ? undefined : staffClient({ origin: this.origins.staff, ca: this.ca, token });
    const applied = await applyDocuments(
      typeof given === 'string' ? readDocuments(given) : writtenDocuments(given),
      {
        client: own ?? this.operator(),
        // what persons of a department propose, another person of the department decides
        ...(own === undefined ? { approveWith: this.security } : {}),
        signers: signers.map((department) => ({
          department,
          key: signingKey(openProfile({ profile: this.profileOf(department) }).signingKey),
        })),
      },
    );
    own?.close();
    const refused = applied.find(({ outcome }) => outcome === 'refused');
    if (refused !== undefined)
      throw new StaffRefusal(
        `${refused.name}: ${refused.code ?? ''} ${refused.message?.en ?? ''} ${JSON.stringify(refused.findings ?? '')}`,
      );
    return applied;
  }

  /** Where a department's machine has its profile. */
  profileOf(department: string): string {
    return join(this.folder, 'departments', department, 'datong.json');
  }

  /** Takes the log out with its proofs as an auditor, verifies it without the hub, and leaves it in `out`. */
  async takeOut(): Promise<void> {
    const codes = await invite(this.admitting(), '审计员 auditor', { role: 'auditor' });
    const hub = ['--hub', this.origins.open, '--pin', this.pin];
    await this.run(['client', 'accept', ...codes, ...hub, '--login', 'auditor']);
    const pack = join(this.out, 'log.json');
    await this.run(['audit', 'export', '--out', pack, '--profile', 'auditor']);
    const parts = readdirSync(this.out).filter((file) => /^log(\.\d+)?\.json$/.test(file));
    for (const part of parts)
      await this.verify(parse(part).name, parse(part).name.replace('log', 'verified'));
  }

  /** Verifies a file of `out` without the hub: only the published keys are fetched. Writes the findings next to it. */
  async verify(file: string, findings: string): Promise<void> {
    const anchors = join(this.out, 'anchors.json');
    writeFileSync(anchors, (await this.fetched(`${this.origins.open}/v1/log/anchors`)).body);
    const verify = ['audit', 'verify', join(this.out, `${file}.json`), '--anchors', anchors, '--json'];
    writeFileSync(join(this.out, `${findings}.json`), await this.run(verify));
  }

  /** A reply of the staff listener as it was received. @param token of a person @throws StaffRefusal */
  async staffReply(path: string, token: string): Promise<ReplyMessage> {
    const reply = await this.fetched(`${this.origins.staff}${path}`, { authorization: `Bearer ${token}` });
    if (reply.status >= 400)
      throw new StaffRefusal(`${path}: ${reply.status} ${Buffer.from(reply.body).toString()}`);
    return reply;
  }

  /** A reply that is not signed. */
  private fetched(uri: string, headers: Readonly<Record<string, string>> = {}): Promise<ReplyMessage> {
    return new Promise((resolve, reject) => {
      get(uri, { ca: this.ca, headers }, (reply) => {
        const { statusCode: status = 0, rawHeaders } = reply;
        buffer(reply).then((body) => resolve({ status, rawHeaders, body }), reject);
      }).on('error', reject);
    });
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) client.close();
    this.staff?.close();
    if (this.hub?.exitCode === null && this.hub.signalCode === null) {
      const gone = once(this.hub, 'exit');
      this.hub.kill('SIGTERM');
      await gone;
    }
    for (const name of ['data', 'home', 'departments', 'machines'])
      rmSync(join(this.folder, name), { recursive: true, force: true });
  }
}
