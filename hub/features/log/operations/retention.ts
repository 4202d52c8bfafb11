import { ruleKind, destructionUnit, orderKind } from '../../../../log/destruction.ts';
import {
  leastYears,
  ruleId,
  retentionClasses,
  type RetentionClass,
  yearsBefore,
} from '../../../../log/retention.ts';
import { Problem } from '../../../../terms/problem.ts';
import { listRules, putRule, countDestructions, insertOrder } from '../../../log/store/retention.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { own, overseen, everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { provenOrders, provenRules } from '../../../log/retention/provenLeaves.ts';
import { allowed } from '../../../pipeline/call.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';
import { createHash } from 'node:crypto';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { listDestroyed } from '../../../log/retention/destroyed.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * Sets how long entries of a class are retained, for one dataset or for all; without years permanently. A second person of the data office
 * accepts.
 * @throws Problem retention_invalid, unknown_reference
 */
export const setRetention = proposable('setRetention', {
  permission: { 'office steward': own, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, registry }, actingPersons) => {
    const { class: stored, dataset, years, reason } = call.body;
    if (years !== undefined && years < leastYears)
      throw new Problem('retention_invalid', {
        reason: {
          zh: `个人信息和重要数据处理情况的记录至少保存 ${leastYears} 年`,
          en: `records of the use of personal and important data are retained for ${leastYears} years at least`,
        },
      });
    if (dataset !== undefined && !registry.current.datasets.has(dataset))
      throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
    const id = ruleId(stored, dataset);
    const current = (await listRules(database.app)).find((row) => row.id === id);
    const digest = digestOf({ id, years: years ?? null });
    return registered({
      kind: ruleKind,
      id,
      digest,
      versioned: false,
      registered: current?.digest === digest ? digest : undefined,
      work: (transaction) =>
        putRule(transaction, {
          id,
          class: stored,
          dataset: dataset ?? null,
          years: years ?? null,
          reason,
          digest,
          ...actingPersons,
          exchange: call.exchange,
        }),
      // 0: permanently
      change: { years: years ?? 0, reason },
    });
  },
});

/** Returns the retention rules of log entries, the time up to which two persons released expired entries, and the number destroyed. */
export const showRetention = operation('showRetention', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (_call, services) => {
    const { app } = services.database;
    const { rules, doubted } = await provenRules(services);
    const rows = new Map((await listRules(app)).map((row) => [row.id, row]));
    const [order] = await provenOrders(services);
    const { units, stays } = await countDestructions(app);
    const listed = new Set([...retentionClasses, ...rules.keys()]);
    return allowed<'showRetention'>(
      200,
      {
        leastYears,
        rules: [...listed].map((id) => {
          const [stored = '', dataset] = id.split('@');
          const years = rules.get(id);
          const row = rows.get(id);
          return {
            class: stored as RetentionClass,
            ...defined({ dataset, years }),
            ...(row === undefined
              ? {}
              : {
                  reason: row.reason,
                  author: row.author,
                  approver: row.approver,
                  ...namesOfIds(services.identity, { author: row.author, approver: row.approver }),
                }),
            ...(doubted.includes(id) ? { doubted: true } : {}),
          };
        }),
        ...(order === undefined ? {} : { before: new Date(order.before).toISOString() }),
        destroyed: units * destructionUnit - stays,
      },
      { facts: { change: { rules: rules.size } } },
    );
  },
});

/**
 * Releases entries before a given time whose retention period has ended. The job `destroyEntries` then exports them to files and destroys
 * them. A second person of the data office accepts. Entries under legal hold stay until the hold ends.
 * @throws Problem retention_invalid
 */
export const orderDestruction = proposable('orderDestruction', {
  permission: { 'office steward': own, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, services, actingPersons) => {
    const { before, reason, case: caseNumber } = call.body;
    const end = Date.parse(before);
    if (end > yearsBefore(call.now, leastYears))
      throw invalid(
        `截止时间应在 ${leastYears} 年以前`,
        `its moment lies at least ${leastYears} years in the past`,
      );
    // the log stores it permanently
    if (holdsIdentityNumber(caseNumber))
      throw invalid('案件编号中有身份证件号码', 'its case holds an identity number');
    const { rules, doubted } = await provenRules(services);
    if (doubted.length > 0)
      throw invalid(
        `规则 ${doubted.join('、')} 与日志所载不符`,
        `the rules ${doubted.join(', ')} are not what the log says of them`,
      );
    if (![...rules.values()].some((years) => years !== undefined))
      throw invalid(
        '没有任何留存期限，全部条目永久保存',
        'no rule has a term: every entry is retained permanently',
      );
    const requested = { before: new Date(end).toISOString(), reason, case: caseNumber };
    const digest = digestOf(requested);
    return registered({
      kind: orderKind,
      digest,
      registered: undefined,
      versioned: false,
      id: `destruction-${createHash('sha256').update(digest).digest('hex').slice(0, 16)}`,
      work: (transaction) => insertOrder(transaction, { id: call.exchange, before: end, ...actingPersons }),
      change: requested,
    });
  },
});

const invalid = (zh: string, en: string): Problem => new Problem('retention_invalid', { reason: { zh, en } });

/** Returns destroyed entries by units, with the hashes that remain for verification. Reading the log is logged too. */
export const listDestructions = operation('listDestructions', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const from = Number(call.query.from ?? 0);
    const page = await listDestroyed(services, from);
    return allowed<'listDestructions'>(200, page, {
      facts: { change: { from, units: page.destructions.length } },
    });
  },
});
