import type { Duplex } from 'node:stream';

/**
 * What is written in one turn of the event loop leaves together: of sending something short the writing costs most, and the other side is
 * woken once.
 * @returns to be called before each writing
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
