/**
 * The basis on which a department receives synthetic rows: its agreement in force, else the agreement in its pending request, else the
 * view for departments without one. Each is compiled as for real rows, with every restriction of the city applied.
 */
import { onePlan } from '../../../../policies/onePlan.ts';
import type { Plans } from '../../../../policies/plans.ts';
import { tryCompilePlans } from '../../../../policies/plans.ts';
import type { Plan } from '../../../../policies/plans.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { readTime } from '../../../../policies/documents/documentChecks.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { sandboxPurpose } from '../../../../policies/sandbox/sandboxPurpose.ts';
import { strangerAgreement, strangerAgreementId } from '../../../../policies/sandbox/strangerAgreement.ts';
import { datasetId } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { PolicyDocumentState } from '../../../domain/agreement.ts';
import type { LiveDataset, RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { pageRequests, type StoredRequest } from '../../../features/requests/store/requests.ts';

export interface SandboxBasis {
  readonly from: 'agreement' | 'request' | 'default';
  readonly plan: Plan;
  readonly plans: Plans;
  /** Unix milliseconds; a request's term may begin after the trial */
  readonly decidedAt: number;
}

export interface RequestedBasis {
  readonly consumer: string;
  readonly dataset: LiveDataset;
  /** id of the agreement in force, or of the requested one; absent where there is only one */
  readonly agreement: string | undefined;
  /** the purpose to try, where the agreement has several */
  readonly as: string | undefined;
  /** Unix milliseconds */
  readonly now: number;
}

/** Maximum requests of one department that are examined, the newest. */
const maxRequests = 200;
/** States in which an agreement no longer serves requests. */
const over: readonly (PolicyDocumentState | null)[] = ['returned', 'suspended', 'superseded', 'revoked'];

/** @throws Problem several_agreements, agreement_unknown, purpose_not_agreed, policy_does_not_compile, sandbox_without_fields */
export async function sandboxBasis(
  reader: Reader,
  snapshot: RegistrySnapshot,
  asked: RequestedBasis,
): Promise<SandboxBasis> {
  const { consumer, dataset, agreement, now } = asked;
  const { plans } = snapshot;
  const inForce = plansInForce(plans, { consumer, dataset: dataset.row.id }, now);
  const plan = onePlan(inForce, { agreement, purpose: asked.as });
  if (plan !== undefined) return { from: 'agreement', plan, plans, decidedAt: now };
  const requested = await basisOfRequest(reader, snapshot, asked);
  if (requested !== undefined) return requested;
  if (agreement !== undefined && agreement !== strangerAgreementId)
    throw new Problem('agreement_unknown', {}, { at: 'datong-agreement' });
  if (asked.as !== undefined) throw new Problem('purpose_not_agreed', {}, { at: 'as' });
  return defaultBasis(snapshot, asked);
}

/** @throws Problem policy_does_not_compile: the approval would be refused for the same reason */
async function basisOfRequest(
  reader: Reader,
  snapshot: RegistrySnapshot,
  asked: RequestedBasis,
): Promise<SandboxBasis | undefined> {
  const { consumer, dataset, now } = asked;
  const newest = { after: undefined, maxRows: maxRequests };
  const { rows: requests } = await pageRequests(reader, { consumer, open: true }, newest);
  for (const request of requests) {
    if (over.includes(request.agreementState)) continue;
    if (asked.agreement !== undefined && asked.agreement !== request.agreement) continue;
    const document = documentOf(request);
    if (document === undefined || !document.grants.some((grant) => grant.dataset === dataset.row.id))
      continue;
    if ((readTime(document.valid.until) ?? 0) <= now) continue;
    const { plans, findings } = compiled(snapshot, document);
    if (plans === undefined)
      throw new Problem('policy_does_not_compile', { count: findings.length }, { findings });
    const mine = plans.all.filter(({ ref }) => ref.consumer === consumer && ref.dataset === dataset.row.id);
    const plan = onePlan(mine, { agreement: asked.agreement, purpose: asked.as });
    const begins = readTime(document.valid.from) ?? now;
    if (plan !== undefined) return { from: 'request', plan, plans, decidedAt: Math.max(now, begins) };
  }
  return undefined;
}

/** The requested agreement in its latest version. */
function documentOf({ events, agreement }: StoredRequest): Agreement | undefined {
  const text = events.findLast(({ document }) => document !== undefined)?.document;
  return text === undefined ? undefined : parseAgreement(JSON.parse(text), agreement);
}

/** A field that no floor permits is removed, and the rest is tried again. @throws Problem sandbox_without_fields */
function defaultBasis(snapshot: RegistrySnapshot, { consumer, dataset, now }: RequestedBasis): SandboxBasis {
  const { id } = dataset.row;
  let left: ReadonlySet<string> = new Set();
  for (;;) {
    const agreement = strangerAgreement(datasetId(id), dataset.schema, consumer, left, now);
    if (agreement === undefined) throw new Problem('sandbox_without_fields', { dataset: id });
    const { plans, findings } = compiled(snapshot, agreement);
    const plan = plans?.all.find(({ ref }) => ref.consumer === consumer);
    if (plans !== undefined && plan !== undefined) return { from: 'default', plan, plans, decidedAt: now };
    const unfit = findings.flatMap(({ path }) => /^\/grants\/0\/fields\/([^/]+)/.exec(path)?.[1] ?? []);
    const more = new Set([...left, ...unfit]);
    if (more.size === left.size) throw new Problem('sandbox_without_fields', { dataset: id });
    left = more;
  }
}

const compiled = (
  { plans, context }: RegistrySnapshot,
  agreement: Agreement,
): ReturnType<typeof tryCompilePlans> =>
  tryCompilePlans([agreement, ...plans.restrictions], {
    ...context,
    purposes: [...context.purposes.filter(({ code }) => code !== sandboxPurpose), { code: sandboxPurpose }],
    suspended: [],
    sandbox: true,
  });
