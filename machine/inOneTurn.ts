import type { Duplex } from 'node:stream';

/**
 * Sends everything written in one turn of the event loop together: for short data the write call costs most, and the peer wakes up once.
 * @returns a function to call before each write
 */
export function inOneTurn(socket: Pick<Duplex, 'cork' | 'uncork'>): () => void {
  let holding = false;
  return () => {
    if (holding) return;
    holding = true;
    socket.cork();
    setImmediate(() => {
      holding = false;
      socket.uncork();
    });
  };
}
