import type { ErrorRequestHandler } from 'express';
import { ClientGone } from '../../gate/unlogged.ts';
import type { ListenerEvents } from '../listenerEvents.ts';
import type { Connections } from '../sockets/connections.ts';
import { problemOf, problemReply } from './problemReply.ts';
import { writeReply } from './writeReply.ts';

/** Answers what no operation was reached with, or failed on the way, as a problem: express would answer with HTML and a stack. */
export const problemHandler =
  (connections: Pick<Connections, 'before'>, events: ListenerEvents | undefined): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    if (error instanceof ClientGone) return;
    const problem = problemOf(error);
    if (problem.code === 'internal_error') events?.failed?.(error);
    else events?.refused?.(problem.code);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    connections.before(response);
    writeReply(response, problemReply(problem), request.method === 'HEAD');
  };
