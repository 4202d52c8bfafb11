import { readdirSync, readFileSync } from 'node:fs';

/** Stops, or lets go on, a PostgreSQL that the test started: the postmaster and every backend, each a process of its own. */
export function freeze(postmaster: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  process.kill(postmaster, signal);
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (parentOf(pid) === postmaster) process.kill(Number(pid), signal);
  }
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined; // ended meanwhile
  }
}
