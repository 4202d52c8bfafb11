/** The faults of the failover drill: what each does, and what makes the part whole again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hosts } from './parts.ts';

export interface Fault {
  readonly name: string;
  /** Seconds until the part is made whole again. */
  readonly seconds: number;
  /** @returns makes it whole where `Hosts.start` does not */
  strike(hosts: Hosts): Promise<(() => void) | undefined>;
}

const kill =
  (what: (hosts: Hosts) => void | Promise<void>): Fault['strike'] =>
  async (hosts) => {
    await what(hosts);
    return undefined;
  };
const role = { primary: 'leader', standby: 'sync_standby', replica: 'replica' } as const;
const hub = (hosts: Hosts, nth: number): Hosts['hubs'][number] => {
  const found = hosts.hubs[nth];
  if (found === undefined) throw new Error(`no hub ${nth}`);
  return found;
};

/** Faults of the server of a role. */
function ofServer(which: keyof typeof role, seconds: number): readonly Fault[] {
  const server = (hosts: Hosts) => hosts.serverOf(role[which]);
  return [
    {
      name: `PostgreSQL of the ${which}: kill -9`,
      seconds: 5,
      strike: kill(async (hosts) => (await server(hosts)).killPostgres()),
    },
    {
      name: `Patroni of the ${which}: kill -9`,
      seconds,
      strike: kill(async (hosts) => (await server(hosts)).patroni.signal('SIGKILL')),
    },
    {
      name: `host of the ${which}: power loss`,
      seconds,
      strike: kill(async (hosts) => (await server(hosts)).host.signal('SIGKILL')),
    },
    {
      name: `host of the ${which}: network cut`,
      seconds,
      strike: async (hosts) => {
        const { host } = await server(hosts);
        host.cut();
        return () => host.heal();
      },
    },
    {
      name: `host of the ${which}: hangs`,
      seconds,
      strike: async (hosts) => {
        const { host } = await server(hosts);
        host.signal('SIGSTOP');
        return () => host.signal('SIGCONT');
      },
    },
  ];
}

/** Seconds, more than the lock of a primary lasts (`ttl: 10` of patroni.yml). */
const lockEnds = 12;

export const faults: readonly Fault[] = [
  { name: 'hub 1: kill -9', seconds: 4, strike: kill((hosts) => hub(hosts, 0).hub.signal('SIGKILL')) },
  {
    name: 'both hubs: kill -9',
    seconds: 1,
    strike: kill((hosts) => hosts.hubs.forEach((one) => one.hub.signal('SIGKILL'))),
  },
  {
    name: 'hubs one after the other: SIGTERM and start',
    seconds: 1,
    strike: kill(async (hosts) => {
      for (const one of hosts.hubs) {
        await one.hub.end('SIGTERM');
        one.hub.start();
        await hosts.hubsReady();
        await sleep(2_000);
      }
    }),
  },
  {
    name: 'host of hub 1: network cut',
    seconds: 12,
    strike: (hosts) => {
      const { host } = hub(hosts, 0);
      host.cut();
      return Promise.resolve(() => host.heal());
    },
  },
  {
    name: 'host of hub 2: hangs',
    seconds: 12,
    strike: (hosts) => {
      const { host } = hub(hosts, 1);
      host.signal('SIGSTOP');
      return Promise.resolve(() => host.signal('SIGCONT'));
    },
  },
  {
    name: 'HAProxy of hub 1: kill -9',
    seconds: 4,
    strike: kill((hosts) => hub(hosts, 0).proxy.signal('SIGKILL')),
  },
  { name: 'balancer: kill -9', seconds: 1, strike: kill((hosts) => hosts.balancing.signal('SIGKILL')) },
  {
    name: 'etcd, its leader: kill -9',
    seconds: 10,
    strike: kill(async (hosts) => (await hosts.etcdLeader()).etcd.signal('SIGKILL')),
  },
  {
    name: 'etcd, two of three: kill -9',
    seconds: 10,
    strike: kill((hosts) => hosts.databases.slice(0, 2).forEach((one) => one.etcd.signal('SIGKILL'))),
  },
  ...ofServer('primary', lockEnds),
  ...ofServer('standby', 12),
  ...ofServer('replica', 5).slice(2, 4),
  {
    name: 'primary and hub 1 at once: power loss',
    seconds: lockEnds,
    strike: kill(async (hosts) => {
      const { host } = await hosts.serverOf('leader');
      host.signal('SIGKILL');
      hub(hosts, 0).host.signal('SIGKILL');
    }),
  },
  {
    name: 'primary and synchronous standby at once: power loss',
    seconds: 5,
    strike: kill(async (hosts) => {
      const struck = await Promise.all([hosts.serverOf('leader'), hosts.serverOf('sync_standby')]);
      for (const { host } of struck) host.signal('SIGKILL');
    }),
  },
];
