import { maskedDataset } from '../../../policies/maskedDataset.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { compileFolder } from './policyFolder.ts';

export interface ConsumerOf {
  readonly consumer: string;
  readonly purpose: string | undefined;
}

/** The masked schema that a consumer receives under the documents of a folder. @throws VerbFailure unless exactly one plan fits */
export function consumerSchema(
  dir: string,
  { name, major }: DatasetSchema,
  { consumer, purpose }: ConsumerOf,
): DatasetSchema {
  const { set, plans: compiled } = compileFolder(dir);
  const plans = compiled.all.filter(
    ({ ref }) =>
      ref.schema === `${name}@${major}` &&
      ref.consumer === consumer &&
      (purpose === undefined || ref.purpose === purpose),
  );
  const [plan, another] = plans;
  if (plan !== undefined && another === undefined) return maskedDataset(plan, set.surroundings);
  const found = plans.map(({ ref }) => `${ref.agreement} ${ref.purpose}`).join(', ');
  throw new VerbFailure(exitCode.refused, {
    zh:
      plan === undefined
        ? `${consumer} 没有得到 ${name}@${major} 的授权`
        : `请用 --purpose 选定一项：${found}`,
    en:
      plan === undefined
        ? `${consumer} is granted nothing of ${name}@${major}`
        : `choose one with --purpose: ${found}`,
  });
}
