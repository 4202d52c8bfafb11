import { jsonBody, type PublicOperation } from '../managed.ts';

/** The process answers. */
export const healthz: PublicOperation = () => jsonBody(200, { status: 'ok', checks: {} });
