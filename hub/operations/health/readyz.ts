import { jsonBody, type PublicOperation } from '../managed.ts';
import type { Services } from '../services.ts';

type Check = () => Promise<string> | string;

/** The hub can take exchanges: database, log, certificates, and whatever else was named. Reasons name no person and no secret. */
export const readyz: PublicOperation = async (_call, services) => {
  const checks: Record<string, string> = {};
  for (const [name, check] of Object.entries(checksOf(services))) checks[name] = await outcome(check);
  const ok = Object.values(checks).every((result) => result === 'ok');
  return jsonBody(ok ? 200 : 503, { status: ok ? 'ok' : 'failing', checks });
};

function checksOf(services: Services): Record<string, Check> {
  const { database, audit, identity } = services;
  return {
    database: async () => {
      await database.app.query('SELECT 1');
      return 'ok';
    },
    log: () => (audit.checkpoint() === '' ? 'no checkpoint' : 'ok'),
    certificates: () => {
      const { revocationList, certificate } = identity.validity();
      return Math.min(revocationList, certificate) > database.now() ? 'ok' : 'expired';
    },
    ...services.readiness,
  };
}

async function outcome(check: Check): Promise<string> {
  try {
    return await check();
  } catch (error) {
    return (error as { code?: unknown }).code === undefined
      ? 'failing'
      : String((error as { code: unknown }).code);
  }
}
