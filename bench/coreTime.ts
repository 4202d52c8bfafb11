import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { RunningPostgres } from '../hub/platform/postgres/startPostgres.ts';

const rounds = 10;

/**
 * Core milliseconds that hub and database took for it together, run in sequence; elapsed time would also measure other load of the machine.
 */
export type Timed = (action: () => Promise<unknown>) => Promise<number>;

export const coreTime = (server: Pick<RunningPostgres, 'pid'>): Timed => {
  const spent = coreSpent(server);
  return async (action) => {
    await action();
    const before = spent();
    for (let round = 0; round < rounds; round += 1) await action();
    return (spent() - before) / rounds;
  };
};

/** Returns how many core milliseconds this process and the database have used until now, less the cost of measuring. */
export const coreSpent = ({ pid }: Pick<RunningPostgres, 'pid'>): (() => number) => {
  const own = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let asking = 0;
  return () => {
    const before = own();
    const childProcesses = childrenOf(pid);
    asking += own() - before;
    return own() - asking + childProcesses;
  };
};

/** Core milliseconds of a process's children, ended ones included; 0 where the system does not report them. */
function childrenOf(parent: number): number {
  let ticks = 0;
  for (const pid of existsSync('/proc/self/stat') ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(pid)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      continue; // the process has ended since
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(pid) === parent) ticks += Number(fields[13]) + Number(fields[14]);
    if (Number(fields[1]) === parent) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}
