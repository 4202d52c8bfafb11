/** What `verifyRows` and `verifyDatasets` found, and the act of two persons that accepts or removes it. */
import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { logFinding } from '../../../../log/finding.ts';
import { Problem } from '../../../../terms/problem.ts';
import { own, overseen } from '../../../domain/cells.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { foundOfDataset, verifyDatasetNow } from '../../../flows/foundTables.ts';
import { dropDecided, isOfDataset } from '../../../log/store/findings.ts';
import { allowed, DecideAfresh } from '../../../pipeline/call.ts';
import { ofDataset, ofOffice } from '../../../pipeline/ownership.ts';
import {
  decideFoundRow,
  foundRow,
  shownValues,
  type FoundAct,
} from '../../../platform/database/authenticated/foundRows.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { failureOf } from '../../../platform/database/failure.ts';
import { datasetById } from '../../../registry/store/datasets.ts';
import type { Services } from '../../common/services.ts';
import { operation } from '../../common/operation.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { defined, present } from '../../../../terms/defined.ts';

interface Found {
  readonly shown: components['schemas']['FoundRows'];
  /** @returns false where it has changed since */
  readonly decide: (transaction: Transaction, act: FoundAct, entry: string) => Promise<boolean>;
}

/** How long the table of a finding is compared: the answer waits for it, and other persons wait for their turn. */
const maxComparisonMs = 120_000;

/** @throws Problem not_found where nothing is wrong with it, restoration_invalid, verifications_busy */
async function foundAt(
  about: string,
  person: string,
  { database, verifications }: Pick<Services, 'database' | 'verifications'>,
): Promise<Found> {
  const compare = async (): Promise<Found | undefined> => {
    if (isOfDataset(about)) {
      const one = await foundOfDataset(database, about, maxComparisonMs);
      if (one === undefined) return undefined;
      const { code, digest, acts, rows, batch, accept } = one;
      const shown = {
        code,
        about,
        digest,
        acts: [...acts],
        ...defined({ rows, batch }),
      };
      return { shown, decide: (transaction) => accept(transaction) };
    }
    const one = await foundRow(database.owner, about, maxComparisonMs);
    if (one === undefined) return undefined;
    const { code, digest, acts, row, seals, storedCount } = one;
    const entry = row?.entry ?? null;
    return {
      shown: {
        code,
        about,
        digest,
        acts: [...acts],
        ...(row === undefined ? {} : { values: [...shownValues(one)] }),
        ...present({ entry }),
        ...defined({ rows: seals?.count, storedRows: storedCount }),
      },
      decide: (transaction, act, by) => decideFoundRow(transaction, one, { act, entry: by }),
    };
  };
  const found = await verifications.of(person)(async () => {
    try {
      return await compare();
    } catch (error) {
      if (failureOf(error) !== 'deadline') throw error;
      const seconds = maxComparisonMs / 1_000;
      throw invalid(
        `该表太大，${seconds} 秒内未能比对完；请重新报送或恢复备份`,
        `the table is too large to be compared within ${seconds} seconds; send its batch again, or restore a backup`,
      );
    }
  });
  if (found === undefined) throw new Problem('not_found');
  return found;
}

/** GET /v1/log/findings/rows: the row or table of a finding as it is now. @throws Problem not_found, restoration_invalid, verifications_busy */
export const showFoundRows = operation('showFoundRows', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (call, services) => {
    const { about } = call.query;
    const { shown } = await foundAt(about, call.caller.person, services);
    return allowed<'showFoundRows'>(200, shown, { facts: { change: { about, code: shown.code } } });
  },
});

const invalid = (zh: string, en: string): Problem =>
  new Problem('restoration_invalid', { reason: { zh, en } });

/**
 * Accepts a row or table as it is in the database, or removes a row. A second person of the data office accepts. Both see what the
 * digest covers, and what has changed since is not accepted.
 * @throws Problem not_found, restoration_invalid, verifications_busy, rows_unauthenticated
 */
export const restoreRows = proposable('restoreRows', {
  permission: { 'office security': own, 'office auditor': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, services) => {
    const { about, act, digest, reason, case: caseNumber } = call.body;
    // the log stores it permanently
    if (holdsIdentityNumber(caseNumber))
      throw invalid('案件编号中有身份证件号码', 'its case holds an identity number');
    const { shown, decide } = await foundAt(about, call.caller.person, services);
    if (shown.digest !== digest)
      throw invalid(
        '该行或表在查看之后又有变化，请重新查看',
        'the row or table has changed since it was shown: show it again',
      );
    if (!shown.acts.includes(act)) throw invalid(notPossible.zh, notPossible.en);
    const id = `restoration-${createHash('sha256').update(`${about}:${digest}`).digest('hex').slice(0, 16)}`;
    return registered({
      kind: 'Restoration',
      id,
      digest: digestOf({ about, act, digest, reason, case: caseNumber }),
      registered: undefined,
      versioned: false,
      work: async (transaction) => {
        try {
          if (!(await decide(transaction, act, call.exchange))) throw new DecideAfresh();
        } catch (error) {
          const failure = failureOf(error);
          throw failure === 'referred' || failure === 'raised'
            ? invalid(
                '其他行引用该行，或数据库拒绝删除它',
                'other rows refer to it, or the database refuses to remove it',
              )
            : error;
        }
        await dropDecided(transaction, { code: shown.code, about });
      },
      change: {
        about,
        finding: shown.code,
        act,
        found: digest,
        reason,
        case: caseNumber,
        ...defined({ batch: shown.batch, rows: shown.rows, storedRows: shown.storedRows }),
      },
    });
  },
});

const notPossible = {
  zh: '此项发现不能这样处理；可行的做法见 acts',
  en: 'this finding cannot be decided so; its acts are those that it can',
};

/** milliseconds of one call */
const maxMs = 20_000;

/**
 * POST /v1/datasets/{dataset}/verification: compares the rows of a dataset with their digests now.
 * @throws Problem not_found, verifications_busy
 */
export const verifyDataset = operation('verifyDataset', {
  kind: 'inspect',
  permission: { ...overseen, steward: own, security: own, auditor: own },
  owner: ofDataset,
  run: async (call, { database, verifications }) => {
    const { dataset } = call.params;
    if ((await datasetById(database.app, dataset)) === undefined) throw new Problem('not_found');
    const { tables, whole, findings } = await verifications.of(call.caller.person)(() =>
      verifyDatasetNow(database, dataset, maxMs),
    );
    return allowed<'verifyDataset'>(
      200,
      {
        dataset,
        tables,
        whole,
        findings: findings.map(({ code, about }) => ({ ...logFinding(code, { what: about }), about })),
      },
      { facts: { dataset, change: { tables, whole, findings: findings.length } } },
    );
  },
});
