import { createHash } from 'node:crypto';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { compilePlans, type Plans } from '../../policies/plans.ts';
import { gapOf, type AnswerGap } from '../../policies/questions/gapOf.ts';
import { documentsOf, effectOf, type PolicyEffect } from '../../policies/questions/effectOf.ts';
import { compileStanding } from '../../policies/standingPlans.ts';
import type { Reader } from '../platform/database/reader.ts';
import { canonicalText } from '../../schemas/canonicalText.ts';
import { checkMatters } from './checkMatters.ts';
import { standingContext } from './standingContext.ts';
import { readable } from './verifyStanding.ts';

export interface StandingEffect extends PolicyEffect {
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
): Promise<StandingEffect> {
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
