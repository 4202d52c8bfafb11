import type { components } from '../../../../api/openapi.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { defaultIntakeRules, type IntakeRules, loosenedRules } from '../../../domain/intakeRules.ts';
import { periodsText } from '../../../domain/periods.ts';
import { allowed, type LoggedEffects } from '../../../pipeline/call.ts';
import { openChangeover } from '../../../registry/store/changeovers.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { amendDatasetRow, datasetById, type DatasetRow } from '../../../registry/store/datasets.ts';
import { checkCases, refuseStoredRows } from './checkCases.ts';
import { checkRollup } from './checkRollup.ts';
import { datasetDigest } from './showDataset.ts';
import { checkDecider, checkEventTypes, checkRules } from './tryMasks.ts';
import { endCases } from '../../../flows/retention/endCases.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { defined } from '../../../../terms/defined.ts';

type Amendment = components['schemas']['DatasetAmendment'];
/** The properties of a dataset that can be amended. */
type Said = Pick<Amendment, 'title' | 'intake' | 'retention'>;

/** What the security officer is shown and agrees to. */
interface Agreed extends Amendment {
  /** the values before the amendment */
  readonly from: Said;
  /** names of rules that protect less, or of retention periods that become longer or shorter */
  readonly loosens: readonly string[];
}

/**
 * POST /v1/datasets/{dataset}/amendment: changes what a dataset declares beyond its schema and sharing. This is its title, its intake
 * rules (with how often a file is expected), and the retention of raw bytes and quarantined rows. Properties that are not named do not
 * change. The amendment applies to the next batch and to the next run of the jobs. The security officer must approve it if a rule protects
 * less, or if a retention period becomes shorter or longer. Their approval covers the change that they are shown.
 * @throws Problem dataset_unknown, dataset_unavailable (retired), dataset_read_anew, changeover_under_way, intake_rule_idle,
 *   reference_unfit, cross_rule_unfit, periods_unfit, decider_unfit, periods_fixed, cases_unfit, rollup_unfit,
 *   under_legal_hold, unknown_reference (field)
 */
export const amendDataset = proposable('amendDataset', {
  // only the owner's stewards: the operator registers datasets but changes none of their rules
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  run: async (call, services, { approver }) => {
    const { database, registry } = services;
    const id = call.params.dataset;
    const { digest, reason, title, intake, retention } = call.body;
    const row = await rowAsRead(database.app, id, digest);
    await registry.refresh();
    const rules = intake === undefined ? undefined : beyondDefaults(intake);
    if (rules !== undefined) {
      checkRules(row, rules, services);
      checkCases(row, rules, services, row.intake.cases === undefined && row.currentBatch !== null);
      checkRollup(row, rules, services, row.intake);
      await checkEventTypes(rules, services);
      checkDecider(row.department, rules, row.intake, services, call.now);
      refuseOtherPeriods(row, rules);
    }
    const said = { title, intake, retention };
    const next = amendedRow(row, said, rules);
    const before = describedOf(row);
    const after = describedOf(next);
    const amended = (['title', 'intake', 'retention'] as const).filter(
      (name) => said[name] !== undefined && canonicalText(before[name]) !== canonicalText(after[name]),
    );
    const reported = {
      ...({ kind: 'Dataset', id, changed: amended.length > 0 } as const),
      digest: amended.length > 0 ? datasetDigest(next) : row.digest,
    };
    const loosens = [
      ...loosenedRules(row.intake, next.intake),
      ...(row.rawDays === next.rawDays ? [] : ['rawDays']),
    ];
    const parts = (of: Required<Said>): Said => ({
      ...(amended.includes('title') ? { title: of.title } : {}),
      ...(amended.includes('intake') ? { intake: of.intake } : {}),
      ...(amended.includes('retention') ? { retention: of.retention } : {}),
    });
    const agreed: Agreed = { digest, reason, ...parts(after), from: parts(before), loosens };
    if (approver !== null && canonicalText(call.body) !== canonicalText(agreed))
      throw new Problem('dataset_read_anew', { dataset: id }, { at: '/body/digest' });
    if (loosens.length > 0 && approver === null)
      return {
        ...allowed<'amendDataset'>(202, reported, { facts: {} }),
        asks: { registered: reported, needsOfficer: true, body: agreed },
      };
    const change = { before: canonicalText(parts(before)), after: canonicalText(parts(after)) };
    // log entries are never deleted
    if (holdsIdentityNumber(change.before) || holdsIdentityNumber(change.after))
      throw new Problem('reason_identifies', {}, { at: '/body' });
    const body = { dataset: id, changed: reported.changed, digest: reported.digest, amended };
    const outcome: LoggedEffects = {
      facts: {
        dataset: id,
        provider: row.department,
        change: {
          kind: 'Dataset',
          id,
          changed: reported.changed,
          digest: reported.digest,
          reason,
          ...change,
          ...(loosens.length === 0 ? {} : { loosens: loosens.length }),
        },
      },
      bumpsEpoch: reported.changed,
      work: async (transaction) => {
        if (!reported.changed) return;
        // a rule change does not apply to batches that were expected before it
        const expects =
          next.intake.expect !== undefined &&
          canonicalText(row.intake.expect ?? {}) !== canonicalText(next.intake.expect);
        const move = { ...next, read: row.digest, digest: reported.digest, expects };
        if (!(await amendDatasetRow(transaction, move, call.exchange)))
          throw new Problem('dataset_read_anew', { dataset: id }, { at: '/body/digest' });
        await changeCases(transaction, row, next);
        // under the lock of the dataset's row: rules name fields, and the new version has other fields
        const changeover = intake === undefined ? undefined : await openChangeover(transaction, id);
        if (changeover !== undefined)
          throw new Problem('changeover_under_way', { dataset: id, schema: changeover.to });
      },
    };
    return approver === null
      ? allowed<'amendDataset'>(200, body, outcome)
      : allowed<'acceptProposal'>(201, reported, outcome);
  },
});

/** @throws Problem dataset_unknown, dataset_unavailable, dataset_read_anew where it changed since the caller read it */
async function rowAsRead(reader: Reader, dataset: string, digest: string): Promise<DatasetRow> {
  const row = await datasetById(reader, dataset);
  if (row === undefined) throw new Problem('dataset_unknown', { dataset });
  if (row.state === 'retired') throw unavailable(row);
  if (row.digest !== digest) throw new Problem('dataset_read_anew', { dataset }, { at: '/body/digest' });
  return row;
}

/** @param intake its amended rules, without those that equal their defaults */
const amendedRow = (
  row: DatasetRow,
  { title, retention }: { readonly [Name in 'title' | 'retention']: Said[Name] },
  intake: Partial<IntakeRules> | undefined,
): DatasetRow => ({
  ...row,
  ...(title === undefined ? {} : { titleZh: title.zh, titleEn: title.en }),
  ...defined({ intake }),
  ...(retention === undefined ? {} : { rawDays: retention.rawDays ?? null }),
});

/**
 * Where rows begin or cease to be cases, under the lock of the dataset's row. @throws Problem cases_unfit where rows arrived since,
 * under_legal_hold where versions would be deleted
 */
async function changeCases(transaction: Transaction, before: DatasetRow, next: DatasetRow): Promise<void> {
  const wasCase = before.intake.cases !== undefined;
  const isCase = next.intake.cases !== undefined;
  if (isCase && !wasCase) refuseStoredRows(await datasetById(transaction, next.id));
  if (wasCase && !isCase) await endCases(transaction, next.id);
}

/** Rejects a change of the periods that partition the rows. Their retention may change. @throws Problem periods_fixed */
function refuseOtherPeriods({ id, intake }: DatasetRow, rules: Partial<IntakeRules>): void {
  const { periods: currentPeriods } = intake;
  const { periods: requested } = rules;
  if (currentPeriods?.field === requested?.field && currentPeriods?.every === requested?.every) return;
  const as = currentPeriods === undefined ? '–' : periodsText(currentPeriods);
  throw new Problem('periods_fixed', { dataset: id, periods: as }, { at: '/body/intake/periods' });
}

const describedOf = ({ titleZh, titleEn, intake, rawDays }: DatasetRow): Required<Said> => ({
  title: { zh: titleZh, en: titleEn },
  intake: intake as NonNullable<Said['intake']>,
  retention: rawDays === null ? {} : { rawDays },
});

/** Removes the default values. A dataset is returned with its defaults, so a value that equals its default is not an amendment. */
const beyondDefaults = (intake: NonNullable<Said['intake']>): NonNullable<Said['intake']> =>
  Object.fromEntries(
    Object.entries(intake).filter(([name, value]) => defaultIntakeRules[name as keyof IntakeRules] !== value),
  );
