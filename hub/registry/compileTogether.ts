import { inTurns } from '../../machine/yieldIfSlow.ts';
import type { PolicyContext } from '../../policies/context.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { compileInSteps, plansOf, type Plans, compilePlans } from '../../policies/plans.ts';
import { documentsOf, effectOf, type PolicyEffect } from '../../policies/questions/effectOf.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { RegistrySnapshot } from './snapshot.ts';
import { createHash } from 'node:crypto';
import { gapOf, type AnswerGap } from '../../policies/questions/gapOf.ts';
import { compileStanding } from '../../policies/standingPlans.ts';
import type { Reader } from '../platform/database/reader.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import { checkMatters } from './mappings.ts';
import { standingContext } from './policyContext.ts';
import { readable } from './verifyStanding.ts';

/** What is to come: a schema version, or a dataset bound to another one. */
export interface Coming {
  readonly schema?: DatasetSchema;
  readonly bind?: { readonly dataset: string; readonly schema: string };
}

/** A reading as new as the log; what is registered meanwhile moves the epoch, and then the call is decided again. */
export type ReadTogether = Pick<RegistrySnapshot, 'plans' | 'context' | 'schemas'>;

/**
 * Compiles what is to come together with all documents that stand: anew those whose datasets it reaches, the others as they are. What does
 * not compile is never registered, so the walks always find a set that does. What stands and can no longer be read or compiled is denied as
 * it is: it keeps nobody from mending it.
 * @returns all of them as they would decide then
 * @throws Problem policy_does_not_compile, whose findings name the documents that do not go together
 */
export async function compileTogether(read: ReadTogether, coming: Coming): Promise<Plans> {
  const { documents, context } = togetherWith(read, coming);
  return plansOf(await inTurns(compileInSteps(documents, context, read.plans)));
}

/** All documents that stand, and the registries as they are to come. */
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

export interface ConsentEffect extends PolicyEffect {
  /** all that stands, compiled */
  readonly before: Plans;
  /** a time without answers: it goes by itself as its day comes, so no digest that somebody signs before is of it */
  readonly gap: AnswerGap | undefined;
  /** hex SHA-256 that whoever approves names, as the document would come into force now: `digest`, and the gap where there is one */
  readonly toApprove: string;
  /**
   * nothing is loosened, today or without the restrictions that stand today, and no time is left without answers: one person may put it in
   * force
   */
  readonly tightens: boolean;
}

/**
 * What a document changes in all that stand. What does not compile together with them never comes into force, so the walks always find
 * a set that does.
 * @param now Unix milliseconds: when it would come into force
 * @throws Problem policy_does_not_compile, whose findings name the documents that do not go together
 */
export async function effectTogether(
  reader: Reader,
  document: PolicyDocument,
  now: number,
): Promise<ConsentEffect> {
  await checkMatters(reader, document);
  const { rows, context } = await standingContext(reader);
  // what stands and can no longer be read or compiled is denied as it is: it keeps nobody from mending it
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
    ...{ before: plans, gap, toApprove: gap === undefined ? effect.digest : digestWith(effect, gap) },
    tightens: gap === undefined && tightens(effect) && tightens(bare()),
  };

  /** A floor of today may go tomorrow: what it hides of a document counts too. */
  function bare(): PolicyEffect {
    if (document.kind === 'Restriction') return effect;
    const agreements = documentsOf(plans).filter(({ kind }) => kind === 'Agreement');
    return effectOf(compilePlans(agreements, context), document, context);
  }
}

/** Whether the version is stopped goes on changing, and takes nothing from what was seen. */
const digestWith = ({ digest }: PolicyEffect, { stopped: _stopped, ...gap }: AnswerGap): string =>
  createHash('sha256')
    .update(`${digest}\n${canonicalText(gap)}`)
    .digest('hex');

const tightens = ({ diff, loosens }: PolicyEffect): boolean =>
  loosens.length === 0 && diff.verdict.needs !== 'signatures';
