import type { components } from '../../../../api/openapi.ts';
import { usualPorts } from '../../../../machine/sources/sqlSource.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { type PullDocument, type PullSchedule, maxPauseDays, pausedNow } from '../../../domain/pull.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { openSource } from '../openSource.ts';
import { pullTarget } from '../pullTarget.ts';
import { openSecret, sealSecret } from '../secret.ts';
import { allowedPlace } from '../sourcePlace.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { pullOf, putPull, pausePull as pause, resumePull as resume, endPull as end } from '../store/pulls.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { own, everywhere } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/** Checks that `openapi.yaml` cannot express. @throws Problem pull_invalid */
function documentOf({
  source: { system = 'postgres', port = usualPorts[system], ...source },
  overlap,
  changed,
  schedule,
  seconds = 30,
  rows = 5_000_000,
  ...requested
}: components['schemas']['Pull']): PullDocument {
  if (requested.query.includes(';'))
    throw invalid({ zh: 'query 应为一条不带分号的查询', en: 'query is one statement without a semicolon' });
  return {
    ...requested,
    source: { ...(system === 'mysql' && { system }), ...source, port },
    seconds,
    rows,
    ...defined({ changed, overlap }),
    schedule: scheduleOf(schedule),
  };
}

function scheduleOf({ every, on, window }: components['schemas']['Pull']['schedule']): PullSchedule {
  if (on !== undefined && !['week', 'month', 'quarter'].includes(every))
    throw invalid({
      zh: 'on 只用于 week、month、quarter',
      en: 'on is of a week, a month or a quarter',
    });
  const [from, to] = window?.split('-') ?? [];
  if (window !== undefined && from === to)
    throw invalid({ zh: 'window 的始末相同', en: 'the window ends when it begins' });
  return { every, ...defined({ on, window }) };
}

const invalid = (reason: Bilingual): Problem => new Problem('pull_invalid', { reason });

type Requested = components['schemas']['PullRegistration'];

/** The pull that waits for the second person; the password is already sealed. */
export interface StoredPull {
  readonly document: Requested['document'];
  readonly sealedPassword: string;
}

/** The request in the form that may be stored. */
function storedPull(
  params: Readonly<Record<string, string>>,
  { password, document }: Requested,
  { keys }: Pick<Services, 'keys'>,
): StoredPull {
  const secret = sealSecret(sealerOf(keys.sealing), params['dataset'] ?? '', password);
  return { document, sealedPassword: secret.toString('base64') };
}

/** The part shown to readers of proposals: the sealed password stays in the hub. */
export const shownPull = ({ document }: StoredPull): Pick<StoredPull, 'document'> => ({ document });

/**
 * Registers a pull that fills a dataset from a database of its department. The database is checked at once, so that errors appear now and
 * not at night. A second person of the department accepts.
 * @throws Problem pull_invalid, pull_source_not_allowed, and the problems of `pullTarget` and `openSource`
 */
export const registerPull = proposable('registerPull', {
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  secondPerson: true,
  bodyToStore: (call, services) => storedPull(call.params, call.body, services),
  run: async (call, services, actingPersons) => {
    const { database, registry, keys, sources } = services;
    const dataset = datasetId(call.params.dataset);
    const body = call.body;
    const { sealedPassword, document: requested } =
      'password' in body ? storedPull(call.params, body, services) : body;
    const secret = Buffer.from(sealedPassword, 'base64');
    const document = documentOf(requested);
    await registry.refresh();
    pullTarget(registry, dataset, document);
    const sealer = sealerOf(keys.sealing);
    const password = openSecret(sealer, { dataset, secret });
    const place = allowedPlace(sources, providerOf(dataset), document.source);
    const source = await openSource(document, place, password);
    try {
      if (await source.unfit()) throw new Problem('pull_key_unfit', { key: source.order.join(' + ') });
    } finally {
      await source.close();
    }
    const digest = digestOf(document);
    const known = await pullOf(database.app, dataset);
    const same = known?.digest === digest && openSecret(sealer, known) === password;
    return registered({
      kind: 'Pull',
      id: dataset,
      digest,
      registered: same ? digest : undefined,
      versioned: false,
      work: (transaction) =>
        putPull(
          transaction,
          { dataset, document, secret, digest, setAt: call.now, ...actingPersons },
          call.exchange,
        ),
      change: { host: document.source.host, port: document.source.port, database: document.source.database },
    });
  },
});

const dayMs = 86_400_000;

/**
 * Pauses runs up to the end of a day: a source under maintenance is no failure, and the pull need not be registered again afterwards. One
 * person may pause, because it only stops data temporarily.
 * @throws Problem pull_unknown, pull_pause_days
 */
export const pausePull = operation('pausePull', {
  kind: 'management',
  // only the department itself knows its database; the data office may end the pull
  permission: { steward: own, security: own },
  owner: ofDataset,
  run: async (call, { database }) => {
    const { reason, until } = call.body;
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('pull_unknown', { dataset });
    if ((await pullOf(database.app, dataset)) === undefined) throw unknown;
    const today = dayInChina(call.now);
    const latest = dayInChina(call.now + maxPauseDays * dayMs);
    if (until < today || until > latest) throw new Problem('pull_pause_days', { until, today, latest });
    return allowed<'pausePull'>(
      200,
      { dataset, until },
      {
        facts: {
          dataset,
          provider: providerOf(dataset),
          change: { kind: 'Pull', id: dataset, act: 'pause', until, reason },
        },
        work: async (transaction) => {
          const paused = { until, reason, by: call.caller.person, at: call.now };
          if (!(await pause(transaction, dataset, paused))) throw unknown;
        },
      },
    );
  },
});

/** Resumes runs before the pause is over. @throws Problem pull_unknown, pull_not_paused */
export const resumePull = operation('resumePull', {
  kind: 'management',
  permission: { steward: own, security: own },
  owner: ofDataset,
  run: async (call, { database }) => {
    const dataset = datasetId(call.params.dataset);
    const row = await pullOf(database.app, dataset);
    if (row === undefined) throw new Problem('pull_unknown', { dataset });
    const idle = new Problem('pull_not_paused', { dataset });
    if (!pausedNow(row.pause, call.now)) throw idle;
    return allowed<'resumePull'>(
      200,
      { dataset, resumed: true },
      {
        facts: {
          dataset,
          provider: providerOf(dataset),
          change: { kind: 'Pull', id: dataset, act: 'resume' },
        },
        work: async (transaction) => {
          if (!(await resume(transaction, dataset))) throw idle;
        },
      },
    );
  },
});

/** Ends the pull and deletes the password. One person may do so, because it only stops data. @throws Problem pull_unknown */
export const endPull = operation('endPull', {
  kind: 'management',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofDataset,
  run: async (call, { database }) => {
    const { reason } = call.body;
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('pull_unknown', { dataset });
    if ((await pullOf(database.app, dataset)) === undefined) throw unknown;
    return allowed<'endPull'>(
      200,
      { dataset, ended: true },
      {
        facts: {
          dataset,
          provider: providerOf(dataset),
          change: { kind: 'Pull', id: dataset, act: 'end', reason },
        },
        work: async (transaction) => {
          if (!(await end(transaction, dataset, call.caller.person))) throw unknown;
        },
      },
    );
  },
});
