import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { DatongClient } from '../../../sdk/datongClient.ts';
import type { CallContext } from '../../../sdk/types.ts';
import { agentServer } from '../../agent/agentServer.ts';
import { tokenDigest } from '../../agent/refuseStrangers.ts';
import type { Tally } from '../tally.ts';

/** What a system that cannot sign does: plain HTTP to `datong agent` on its own machine. @returns the answer */
export async function askThroughAgent(
  client: DatongClient,
  tally: Pick<Tally, 'kept'>,
  path: string,
  question: object,
  { purpose, agreement, onBehalfOf = '', matter = '' }: CallContext,
): Promise<Readonly<Record<string, unknown>>> {
  const token = randomBytes(32).toString('base64url');
  const agent = agentServer({
    client,
    applications: new Map([[tokenDigest(token), 'enrolment']]),
    keep: (kept) => {
      tally.kept.push(kept);
      return Promise.resolve();
    },
    told: () => undefined,
  });
  agent.listen(0, '127.0.0.1');
  await once(agent, 'listening');
  try {
    const { port } = agent.address() as AddressInfo;
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'datong-purpose': purpose,
        'datong-agreement': agreement,
        'datong-on-behalf-of': onBehalfOf,
        'datong-matter': matter,
      },
      body: JSON.stringify(question),
    });
    return (await reply.json()) as Readonly<Record<string, unknown>>;
  } finally {
    agent.close();
    agent.closeAllConnections();
  }
}
