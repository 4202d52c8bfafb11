/**
 * Hosts of a drill: network namespaces on one bridge, each with folders of its own. Only for a process that `run.ts` started, whose own
 * network and mounts end with it.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const bridge = 'drill0';
const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

/** Where the hosts store their folders; `run.ts` removes it when all processes have ended. */
export const home = process.env['DATONG_DRILL_HOME'] ?? '';
if (home === '') throw new Error('a drill is started by npm run drill');

/** Programs that a drill adds to those of the machine. */
export const programs = join(home, 'programs');

/** Folders of the machine that were made to mount on. They are empty outside of the hosts. */
const mountPoints: string[] = [];
process.once('exit', () => {
  for (const folder of mountPoints)
    try {
      rmdirSync(folder);
    } catch {
      // another program uses it by now
    }
});

/** Makes a folder of the machine and notes what did not exist, the innermost first. */
function makeMountPoint(folder: string): void {
  const outermost = mkdirSync(folder, { recursive: true });
  if (outermost === undefined) return;
  for (let made = folder; made.startsWith(outermost); made = dirname(made)) mountPoints.push(made);
}

/** Makes the bridge, on which this process has an address. */
export function makeNetwork(address: string): void {
  mkdirSync('/run/netns', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'drill', '/run/netns']);
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('address', 'add', `${address}/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
}

export interface HostOptions {
  readonly name: string;
  readonly address: string;
  /** folders that are its own: path → owner */
  readonly folders: Readonly<Record<string, string>>;
}

/** One host. */
export class Host {
  readonly name: string;
  readonly address: string;
  private readonly home: string;
  private readonly folders: readonly string[];

  constructor({ name, address, folders }: HostOptions) {
    this.name = name;
    this.address = address;
    this.home = join(home, name);
    this.folders = Object.keys(folders);
    for (const [folder, owner] of Object.entries(folders)) {
      mkdirSync(this.path(folder), { recursive: true, mode: 0o755 });
      makeMountPoint(folder);
      execFileSync('chown', [owner, this.path(folder)]);
    }
    ip('netns', 'add', name);
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', name, 'master', bridge, 'up');
    ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  /** Where a file of the host is for the drill. */
  path(file: string): string {
    return join(this.home, file);
  }

  /** Starts a program on the host. Its output goes to a file next to the host's folders. */
  start(user: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const log = openSync(join(this.home, 'log'), 'a');
    const child = this.spawned(user, command, env, log);
    closeSync(log);
    return child;
  }

  /**
   * Runs a line of the shell on the host, to its end.
   * @returns its exit code, and what it printed, errors included
   */
  async run(user: string, line: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = this.spawned(user, ['sh', '-c', line], {}, 'pipe');
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => void parts.push(part));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output: Buffer.concat(parts).toString('utf8') };
  }

  private spawned(
    user: string,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
    output: number | 'pipe',
  ): ChildProcess {
    const mounts = this.folders.map((folder) => `mount --bind '${this.path(folder)}' '${folder}'`);
    const program = `${mounts.join(' && ')} && exec setpriv --reuid=${user} --regid=${user} --init-groups "$@"`;
    return spawn('ip', ['netns', 'exec', this.name, 'sh', '-c', program, 'sh', ...command], {
      stdio: ['ignore', output, output],
      cwd: '/',
      env: { PATH: `${programs}:/usr/sbin:/usr/bin:/sbin:/bin`, LANG: 'C.UTF-8', HOME: '/', ...env },
    });
  }

  private processes(): readonly number[] {
    return ip('netns', 'pids', this.name).trim().split('\n').filter(Boolean).map(Number);
  }

  /** Sends a signal to every process of the host: SIGKILL is a power loss, SIGSTOP a host that hangs. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of this.processes()) signalProcess(pid, signal);
  }

  /** Packets are lost in both directions; no connection is reset. */
  cut(): void {
    ip('link', 'set', this.name, 'nomaster');
  }

  heal(): void {
    ip('link', 'set', this.name, 'master', bridge);
  }
}

/** A process that ended meanwhile is none. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
