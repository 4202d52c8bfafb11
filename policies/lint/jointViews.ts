/**
 * What one department learns by putting its purposes and agreements side by side. Year for one purpose and a band for another, steps of
 * 1000 here and of 300 there: each is allowed, and together they tell more than either. The joint view must not be finer than a grant.
 */
import { pointer, type PolicyFinding } from '../finding.ts';
import { jointViews, type JointView } from '../joint/jointViews.ts';
import { documentName } from '../documents/storedDocument.ts';
import { Report } from '../plans/report.ts';
import type { Plans } from '../plans.ts';

export function checkJointViews(plans: Plans, findings: PolicyFinding[]): void {
  for (const view of jointViews(plans)) {
    const last = view.parts.at(-1);
    const plan = plans.all.find(
      ({ agreement, ref }) =>
        documentName(agreement) === last?.agreement &&
        ref.dataset === last.dataset &&
        ref.purpose === last.purpose &&
        ref.consumer === last.consumer,
    );
    if (last === undefined || plan === undefined) continue;
    new Report(plan.agreement, findings).warning(
      view.how === 'riddle' ? 'joint_combination_risk' : 'joint_view',
      pointer('grants', plan.grantIndex, 'fields', last.field),
      `${view.consumer} 合看 ${named(view)}，得到的是 ${view.tells}`,
      `${view.consumer} puts ${named(view)} side by side and learns ${view.tells}`,
    );
  }
}

const named = ({ parts }: JointView): string =>
  parts.map(({ agreement, field, mask }) => `${agreement} ${field} ${mask}`).join(' + ');
