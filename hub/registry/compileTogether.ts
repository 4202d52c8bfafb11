import { inTurns } from '../../machine/yieldIfSlow.ts';
import type { PolicyContext } from '../../policies/context.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { compileInSteps, plansOf, type Plans, compilePlans } from '../../policies/plans.ts';
import { documentsOf, effectOf, type PolicyEffect } from '../../policies/questions/effectOf.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { RegistrySnapshot } from './snapshot.ts';
import { createHash } from 'node:crypto';
import { consumerOf } from '../../policies/documents/agreement.ts';
import { matterRegisterFindings, type RegisteredMatter } from '../../policies/documents/registeredMatters.ts';
import { gapOf, type AnswerGap } from '../../policies/questions/gapOf.ts';
import {
  compileStanding,
  compileStandingInSteps,
  type ConsentVerdict,
} from '../../policies/standingPlans.ts';
import { Problem } from '../../terms/problem.ts';
import type { Reader } from '../platform/database/reader.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import { currentContext } from './policyContext.ts';
import { mattersByCode } from './store/matters.ts';
import { unalteredDocumentsInForce } from './store/policy/policyDocuments.ts';
import { readable } from './verifyStanding.ts';

/** A planned change: a schema version, or a dataset bound to another one. */
export interface Coming {
  readonly schema?: DatasetSchema;
  readonly bind?: { readonly dataset: string; readonly schema: string };
}

/** A snapshot as new as the log. A registration in the meantime moves the epoch, and the call is then decided again. */
export type ReadTogether = Pick<RegistrySnapshot, 'plans' | 'context' | 'schemas'>;

/**
 * Compiles a planned change together with all documents in force. Documents whose datasets it affects are recompiled, the others are
 * reused. A change that does not compile is never registered, so calls always find a set that does. A document in force that can no longer
 * be read or compiled is denied as it is, and does not prevent its correction.
 * @returns all plans as they would decide then
 * @throws Problem policy_does_not_compile, whose findings name the conflicting documents
 */
export async function compileTogether(read: ReadTogether, coming: Coming): Promise<Plans> {
  const { documents, context } = togetherWith(read, coming);
  return plansOf(await inTurns(compileInSteps(documents, context, read.plans)));
}

/** All documents in force, and the registries after the change. */
export function togetherWith(
  { plans, context, schemas }: ReadTogether,
  { schema, bind }: Coming,
): { readonly documents: readonly PolicyDocument[]; readonly context: PolicyContext } {
  const newest = (name: string): DatasetSchema | undefined => {
    const known = context.schemas(name);
    if (schema === undefined || name !== `${schema.name}@${schema.major}`) return known;
    return known !== undefined && known.minor > schema.minor ? known : schema;
  };
  return {
    documents: documentsOf(plans),
    context: {
      ...context,
      schemas: newest,
      bound: (dataset) =>
        dataset === bind?.dataset ? schemas.get(bind.schema)?.schema : context.bound?.(dataset),
      registered: [...(context.registered ?? []), ...(schema === undefined ? [] : [schema])],
    },
  };
}

/**
 * The plans that will decide once a dataset is bound to another version: from the registries as they will be then, not from compiling
 * together now. Covers all documents in force, including those that do not compile now. An agreement over a former major version remains
 * in force, and answers again as soon as its datasets are bound to that version.
 * @param bind a dataset, and the urn of the version to which it will be bound
 * @throws Problem policy_does_not_compile if no single document is the cause
 */
export async function readAfter(
  read: Pick<RegistrySnapshot, 'plans' | 'context' | 'schemas' | 'failed' | 'idle'>,
  bind: { readonly dataset: string; readonly schema: string },
): Promise<Plans> {
  const { context } = togetherWith(read, { bind });
  const verdicts: ConsentVerdict[] = [
    ...[...documentsOf(read.plans), ...read.idle].map((document) => ({ document })),
    ...read.failed.filter(({ fault }) => fault !== 'does_not_compile'),
  ];
  const { plans } = await inTurns(compileStandingInSteps(verdicts, context, read.plans));
  return plans;
}

export interface ConsentEffect extends PolicyEffect {
  /** all documents in force, compiled */
  readonly before: Plans;
  /** a period without answers. It depends on the current day, so `digest`, which persons sign in advance, does not include it */
  readonly gap: AnswerGap | undefined;
  /** hex SHA-256 that approvers confirm, for the document if it came into force now: `digest`, and the gap if there is one */
  readonly toApprove: string;
  /**
   * true if nothing is loosened, with or without the restrictions of today, no reason for a field changes, there is no period without
   * answers, and the version that it replaces could be compiled: one person may put it in force
   */
  readonly tightens: boolean;
}

/**
 * The effect of a document on all documents in force. A document that does not compile together with them never comes into force, so calls
 * always find a set that does.
 * @param now Unix milliseconds: when it would come into force
 * @param list reads the documents in force; to show an effect, one that was changed past the hub is no reason to refuse
 * @throws Problem policy_does_not_compile, whose findings name the conflicting documents; rows_unauthenticated
 */
export async function effectTogether(
  reader: Reader,
  document: PolicyDocument,
  now: number,
  list = unalteredDocumentsInForce,
): Promise<ConsentEffect> {
  await checkMatters(reader, document);
  const { rows, context } = await currentContext(reader, list);
  // a document in force that can no longer be read or compiled is denied as it is, and does not prevent its correction
  const { plans } = compileStanding(
    rows.flatMap(({ text }) => {
      const read = readable(text);
      return read === undefined ? [] : [{ document: read }];
    }),
    context,
  );
  const effect = effectOf(plans, document, context);
  const gap = gapOf(plans, document, now);
  return {
    ...effect,
    before: plans,
    gap,
    toApprove: gap === undefined ? effect.digest : digestWith(effect, gap),
    tightens: !replacesUnknown() && gap === undefined && tightens(effect) && tightens(bare()),
  };

  /** Nothing can be compared with a version that failed: it denies all that it may cover. */
  function replacesUnknown(): boolean {
    const compiled = documentsOf(plans).some(({ id }) => id === document.id);
    return !compiled && rows.some(({ id }) => id === document.id);
  }

  /** A restriction of today may be removed tomorrow: effects of a document that it hides count too. */
  function bare(): PolicyEffect {
    if (document.kind === 'Restriction') return effect;
    const agreements = documentsOf(plans).filter(({ kind }) => kind === 'Agreement');
    return effectOf(compilePlans(agreements, context), document, context);
  }
}

/** @throws Problem policy_does_not_compile, if it names a matter that is not in the register in this form */
async function checkMatters(reader: Reader, document: PolicyDocument): Promise<void> {
  if (document.kind !== 'Agreement' || document.matters === undefined) return;
  const rows = await mattersByCode<Pick<RegisteredMatter, 'materials'>>(
    reader,
    document.matters.map(({ code }) => code),
  );
  const register = rows.map(({ code, departments, document: { materials }, ended }) => ({
    code,
    departments,
    materials,
    ended: ended !== null,
  }));
  const findings = matterRegisterFindings(document, consumerOf(document), register);
  if (findings.length > 0)
    throw new Problem('policy_does_not_compile', { count: findings.length }, { findings });
}

/**
 * Whether one person may put the document in force without signatures. A version that the registry does not trust, or whose row is gone,
 * denies all that it may cover: to replace it may loosen.
 * @param versions that the database has of the document
 */
export function mayTighten(
  { tightens }: Pick<ConsentEffect, 'tightens'>,
  { id }: Pick<PolicyDocument, 'id'>,
  versions: readonly Pick<PolicyDocument, 'version'>[],
  { failed, plans }: Pick<RegistrySnapshot, 'failed' | 'plans'>,
): boolean {
  const isTrusted = !failed.some(({ name }) => name.slice(0, name.lastIndexOf('@')) === id);
  const inForce = documentsOf(plans).find((one) => one.id === id)?.version;
  const isStored = inForce === undefined || versions.some(({ version }) => version === inForce);
  return tightens && isTrusted && isStored;
}

/** The digest omits whether the version is stopped: that may still change, and does not alter the approved effect. */
const digestWith = ({ digest }: PolicyEffect, { stopped: _stopped, ...gap }: AnswerGap): string =>
  createHash('sha256')
    .update(`${digest}\n${canonicalText(gap)}`)
    .digest('hex');

const tightens = ({ diff, loosens }: PolicyEffect): boolean =>
  loosens.length === 0 && diff.verdict.needs !== 'signatures';
