import type { components } from '../../../../api/openapi.ts';
import { unlogged, allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import type { AnchorsFile } from '../../../../log/anchors.ts';
import type { Services } from '../../common/services.ts';
import { newestCosigned, witnessStates } from '../../../log/store/cosignatures.ts';
import { entryBundle } from '../../../log/evidence/entryBundle.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice, self } from '../../../pipeline/ownership.ts';
import { consistency } from '../../../log/evidence/consistency.ts';
import { exportPack as makePack, provenLimits, type PackRequest } from '../../../log/evidence/exportPack.ts';
import type { PackFile } from '../../../../log/pack/pack.ts';
import { toBase64 } from '../../../../log/base64.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { knownPass } from '../../../log/evidence/reverifyPortion.ts';
import { countFindings } from '../../../log/store/findings.ts';
import { stateOfJob } from '../../../platform/jobs/store/jobs.ts';
import { moment } from '../../common/listing.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** Trust anchors of a verifier: log/anchors.schema.json. They include retired keys, so that their signatures remain verifiable. */
export const anchorsFile = ({
  keys,
  identity,
  database,
}: Pick<Services, 'keys' | 'identity' | 'database'>): AnchorsFile => ({
  v: 1,
  origin: keys.log.name,
  jwks: { keys: [...identity.jwks().keys] },
  // current signing keys; the statements lead to all earlier ones, each with its end
  logKeys: [...keys.log.signers(database.now()).map(({ vkey }) => vkey), ...keys.retired.logVkeys],
  logKeyRotations: keys.log.rotations(),
  rootCertificate: keys.authority.rootCertificate,
});

/** Returns the trust anchors of a verifier. Public; writes no log entry. */
export const getAnchors = operation('getAnchors', {
  kind: 'none',
  run: (_call, services) => {
    return unlogged<'getAnchors'>(200, anchorsFile(services) as components['schemas']['Anchors']);
  },
});

/**
 * Returns the newest checkpoint, a C2SP signed note. A stored checkpoint can later prove that the log was not rewritten. Public; writes no
 * log entry.
 */
export const getCheckpoint = operation('getCheckpoint', {
  kind: 'none',
  run: async (_call, { audit }) => {
    const body = Buffer.from(await audit.freshCheckpoint());
    return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
  },
});

/** Returns the newest checkpoint that witnesses cosigned; without a witness the newest one. Public. */
export const getCosignedCheckpoint = operation('getCosignedCheckpoint', {
  kind: 'none',
  run: async (_call, services) => {
    const body = Buffer.from(await cosignedNote(services));
    return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
  },
});

/** The newest checkpoint that witnesses cosigned, with their signature lines; without a witness the newest one. */
export async function cosignedNote({
  database,
  audit,
}: Pick<Services, 'database' | 'audit'>): Promise<string> {
  const cosigned = await newestCosigned(database.app);
  return cosigned === undefined ? audit.freshCheckpoint() : `${cosigned.note}${cosigned.lines.join('')}`;
}

/** Returns entries as bytes, in bundles, for auditors who verify the log on their own machine. Reading the log is logged too. */
export const getEntryBundle = operation('getEntryBundle', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const from = Number(call.query.from ?? 0);
    const limit = Number(call.query.limit ?? 8_192);
    const { bundle, entries } = await entryBundle(services, { from, limit });
    return {
      entry: 'allow',
      status: 200,
      contentType: 'application/octet-stream',
      body: bundle,
      facts: { change: { from, entries } },
    };
  },
});

/** Proves that the log only grew since each of the given checkpoints. Public; writes no log entry. @throws Problem log_shorter */
export const proveConsistency = operation('proveConsistency', {
  kind: 'none',
  run: async (call, services) => {
    const { from, size } = call.query;
    const answer = await consistency(services, {
      from: from.split(',').map(Number),
      size: size === undefined ? undefined : Number(size),
    });
    return unlogged<'proveConsistency'>(200, answer);
  },
});

/** Returns evidence that can be verified without the hub. The log records who exported it, the number of entries, first and last index. */
export const exportPack = operation('exportPack', {
  kind: 'management',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { exchanges, from, to, history, compact } = call.body;
    const request: PackRequest = defined({ exchanges, from, to, history, compact });
    const pack = await makePack(services, request, compact === true ? undefined : provenLimits);
    const entries = entriesIn(pack);
    const [first, last] = [entries[0], entries.at(-1)];
    return allowed<'exportPack'>(200, pack, {
      facts: {
        change: {
          entries: entries.length,
          ...(first === undefined || last === undefined ? {} : { first, last }),
        },
      },
    });
  },
});

/** Indexes of the contained entries, ascending. */
const entriesIn = ({ entries, ranges = [] }: PackFile): readonly number[] => [
  ...entries.map(({ index }) => index),
  ...ranges.flatMap(({ first, leaves }) => leaves.map((_leaf, at) => first + at)),
];

/** GET /v1/log/state: returns the size and root of the log, who verified it, and up to which entry. */
export const showLogState = operation('showLogState', {
  kind: 'inspect',
  permission: {
    operator: everywhere,
    'office security': everywhere,
    'office auditor': everywhere,
    security: everywhere,
    auditor: everywhere,
  },
  owner: self,
  run: async (_call, services) => {
    const { app } = services.database;
    const { origin, size, root, note } = newestCheckpoint(services);
    const job = await stateOfJob(app, 'reverifyLog');
    const pass = await knownPass(app, services.database.now());
    const { count } = await countFindings(app);
    const body: components['schemas']['LogState'] = {
      origin,
      open: services.hub.openOrigin,
      size,
      root: toBase64(root),
      checkpoint: note,
      findings: count,
      ...(pass === undefined
        ? {}
        : {
            verification: {
              pass: pass.number,
              read: pass.next,
              of: pass.size,
              ...(typeof job?.succeededAt !== 'number' ? {} : { at: moment(job.succeededAt) }),
            },
          }),
      witnesses: (await witnessStates(app)).map(({ name, size: seen, cosignedAt, trouble }) => ({
        name,
        size: seen,
        ...(cosignedAt === null ? {} : { cosignedAt: moment(cosignedAt) }),
        ...present({ trouble }),
      })),
    };
    return allowed<'showLogState'>(200, body, { facts: {} });
  },
});
