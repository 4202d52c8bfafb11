import { Connection } from '../../sdk/connection.ts';
import { exitCode, VerbFailure } from '../verb.ts';

type Listener = 'exchange' | 'open' | 'staff';

const probes = [
  ['open', '/.well-known/datong-signing', 200],
  ['staff', '/v1/inbox', 401],
] as const;

/** Which listener of the pinned hub answers at an address; the exchange listener alone ends the handshake of whoever shows no certificate. */
async function listenerAt(origin: string, ca: string): Promise<Listener> {
  const connection = new Connection({ ca, sockets: 1 });
  try {
    for (const [listener, path, status] of probes) {
      const uri = `${origin}${path}`;
      const reply = await connection.send({ method: 'GET', uri, headers: {}, body: new Uint8Array() });
      if (reply.status === status) return listener;
    }
    return 'exchange';
  } catch {
    return 'exchange';
  } finally {
    connection.close();
  }
}

const zh: Readonly<Record<Listener, string>> = { exchange: '交换端口', open: '开放端口', staff: '管理端口' };

/**
 * The hub is the right one, but a verb needs another of its listeners: said before anything secret goes there.
 * @throws VerbFailure (exit 2)
 */
export async function demandListener(origin: string, ca: string, wanted: Listener): Promise<void> {
  const found = await listenerAt(origin, ca);
  if (found === wanted) return;
  throw new VerbFailure(
    exitCode.usage,
    {
      zh: `${origin} 是这个枢纽的${zh[found]}，这里需要${zh[wanted]}`,
      en: `${origin} is the ${found} listener of this hub; its ${wanted} listener is wanted here`,
    },
    {
      zh: '端口通常是：交换 8443，开放 8444，管理 8445；datong serve 启动时会列出',
      en: 'usual ports: exchange 8443, open 8444, staff 8445; datong serve lists them when it starts',
    },
  );
}
