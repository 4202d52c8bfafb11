/**
 * The staff listener once more, on http://localhost and for a demo alone: a browser shows no warning there and offers passkeys, and no
 * certificate has to be trusted first.
 */
import type { Server as NetServer } from 'node:net';
import type { Answering } from '../gate/gate.ts';
import type { Contract } from './contract/contract.ts';
import { consolePages } from './consolePages.ts';
import { expressListener } from './expressListener.ts';
import type { ListenerEvents } from './listenerEvents.ts';

export interface DemoListenerOptions {
  readonly contract: Contract;
  readonly operations: Readonly<Record<string, Answering>>;
  readonly events: ListenerEvents;
  /** bound to loopback */
  readonly reserved: NetServer;
}

/** @returns closes it */
export async function demoListener({
  reserved,
  ...options
}: DemoListenerOptions): Promise<() => Promise<void>> {
  const { server, connections } = await expressListener({
    listener: 'staff',
    before: consolePages(),
    ...options,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(reserved, resolve);
  });
  return async () => {
    connections.cut();
    await connections.drain();
  };
}
