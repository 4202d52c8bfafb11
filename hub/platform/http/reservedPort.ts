/** A port that a listener will serve. */
import type { Server } from 'node:net';
import { Problem } from '../../../terms/problem.ts';
import type { ListenerPlace } from '../config/hubConfig.ts';

/** Bound, or only named where several processes of this machine share it. */
export type ReservedPort = Server | ListenerPlace;

/** @returns Problem port_taken where another process has the port; any other error as it is */
export function portFault(error: NodeJS.ErrnoException, listener: string, port: number): Error {
  const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
  return isTaken ? new Problem('port_taken', { listener, port }, { cause: error }) : error;
}
