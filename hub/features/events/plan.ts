/** What makes a response plan valid, which published events open and close under it, and how it is shown. */
import { createHash } from 'node:crypto';
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { components } from '../../../api/openapi.ts';
import { callersTerms } from '../../flows/release/requestedRows.ts';
import type { Identity } from '../../identity/openIdentity.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import { moment } from '../common/listing.ts';
import type { NewEvent } from './store/events.ts';
import type { NewOpenEvent } from './store/openEvents.ts';
import type { ListedPlan, PlanDocument, PlanRow } from './store/plans.ts';
import { isKeyField } from './topic.ts';
import { present } from '../../../terms/defined.ts';

type Datasets = Pick<RegistrySnapshot, 'datasets'>;

/** Roles that may acknowledge where a step names none. */
export const usualRoles: readonly string[] = ['steward'];

/** Events of a plan that are open at a time. */
export const maxOpen = 200;
const hour = 3_600_000;

/** What is known of a plan's surroundings when it is registered. */
export interface PlanContext extends Datasets {
  readonly identity: Pick<Identity, 'department'>;
  /** the topic of each type */
  readonly topics: ReadonlyMap<string, string>;
  readonly purposeExists: boolean;
  /** the department whose plans the purpose is bound to */
  readonly purposeOf: string | undefined;
  /** whether agreements in force allow the purpose */
  readonly purposeUsed: boolean;
}

/** Why a plan of a department cannot be registered; undefined where it can. */
export function planUnfit(
  plan: PlanDocument,
  department: string,
  context: PlanContext,
): Bilingual | undefined {
  const topic = context.topics.get(plan.type);
  const type = context.datasets.get(plan.type);
  if (topic === undefined || type === undefined || type.row.department !== department)
    return bilingual(
      `${plan.type} 不是本部门主题的事件类型`,
      `${plan.type} is no type of a topic of the department`,
    );
  return (
    conditionUnfit(plan, type) ??
    stepsUnfit(plan, context) ??
    closingUnfit(plan, topic, context) ??
    noticeUnfit(plan, department, context) ??
    purposeUnfit(plan, department, context)
  );
}

const bilingual = (zh: string, en: string): Bilingual => ({ zh, en });

function conditionUnfit({ when = [] }: PlanDocument, type: LiveDataset): Bilingual | undefined {
  try {
    callersTerms(type, { filter: when });
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const at = error.extras.at ?? '';
    return bilingual(
      `when 的数据项或取值有误：${at}`,
      `a field or value of when does not fit the schema: ${at}`,
    );
  }
}

function stepsUnfit({ steps }: PlanDocument, { identity }: PlanContext): Bilingual | undefined {
  const duplicate = steps.find(({ id }, at) => steps.findIndex((other) => other.id === id) !== at);
  if (duplicate !== undefined)
    return bilingual(`步骤 ${duplicate.id} 重复`, `two steps are called ${duplicate.id}`);
  for (const { id, departments, escalations = [] } of steps) {
    const named = [...departments, ...escalations.flatMap(({ department }) => department ?? [])];
    const unknown = named.find((code) => identity.department(code) === undefined);
    if (unknown !== undefined) return bilingual(`没有部门 ${unknown}`, `there is no department ${unknown}`);
    const times = escalations.map(({ afterSeconds }) => afterSeconds);
    if (times.some((time, at) => at > 0 && time <= (times[at - 1] ?? 0)))
      return bilingual(
        `步骤 ${id} 的上报时间须逐级增加`,
        `the stages of step ${id} are not in order of time`,
      );
  }
  return undefined;
}

function closingUnfit(
  { closedBy, type }: PlanDocument,
  topic: string,
  context: PlanContext,
): Bilingual | undefined {
  if (closedBy === undefined) return undefined;
  if (closedBy.type === type || context.topics.get(closedBy.type) !== topic)
    return bilingual(`closedBy 须是同一主题的另一事件类型`, `closedBy names another type of the same topic`);
  const schemas = [type, closedBy.type].map((one) => context.datasets.get(one)?.schema);
  const fits = schemas.every((schema) => schema !== undefined && isKeyField(schema, closedBy.field));
  // a closing event is found by the text of its value: 5 and "5" differ
  const [opening, closing] = schemas.map(
    (schema) => schema?.fields.find(({ name }) => name === closedBy.field)?.type,
  );
  return fits && opening === closing
    ? undefined
    : bilingual(
        `${closedBy.field} 须是两个类型都必填且不为 null 的数据项，同为文本或同为整数`,
        `${closedBy.field} is not a required field without null that is a string in both types, or an integer in both`,
      );
}

/** What subscribers of a plan's notices get. */
export interface EscalationNotice {
  readonly event: string;
  readonly plan: string;
  readonly step: string;
  readonly department: string;
  readonly stage: number;
  readonly recipient: string;
  readonly role: string;
  readonly due: string;
}

function noticeUnfit(
  { id, noticeType, type, closedBy, steps }: PlanDocument,
  department: string,
  context: PlanContext,
): Bilingual | undefined {
  if (noticeType === undefined) return undefined;
  const isOwn = context.datasets.get(noticeType)?.row.department === department;
  if ([type, closedBy?.type].includes(noticeType) || !isOwn || !context.topics.has(noticeType))
    return bilingual(
      'noticeType 须是本部门主题的另一事件类型',
      'noticeType names another type of a topic of the department',
    );
  const example: EscalationNotice = {
    event: '01a20328-0104-7757-9e84-c346bc55b77b',
    plan: id,
    step: 'step',
    department: 'a',
    stage: 1,
    recipient: 'a',
    role: 'steward',
    due: '2026-01-01T00:00:00.000Z',
  };
  const sent = steps.flatMap(({ id: step, departments, escalations = [] }) =>
    departments.flatMap((late) =>
      escalations.map(({ role, department: recipient = late }, at) => ({
        ...example,
        step,
        department: late,
        stage: at + 1,
        recipient,
        role,
      })),
    ),
  );
  const notices = context.datasets.get(noticeType);
  return notices?.schema.subject === undefined &&
    (sent.length === 0 ? [example] : sent).every((one) => notices?.compiled.check(one) === true)
    ? undefined
    : bilingual(
        `${noticeType} 的标准容不下上报通知（event、plan、step、department、stage、recipient、role、due）`,
        `the schema of ${noticeType} does not take a notice (event, plan, step, department, stage, recipient, role, due)`,
      );
}

/** Binding a purpose closes it for all: nothing that is in use may be bound, and one department opens it. */
function purposeUnfit(
  { purpose }: PlanDocument,
  department: string,
  context: PlanContext,
): Bilingual | undefined {
  if (purpose === undefined) return undefined;
  if (!context.purposeExists)
    return bilingual(`没有登记使用场景 ${purpose}`, `there is no purpose ${purpose}`);
  if (context.purposeOf !== undefined && context.purposeOf !== department)
    return bilingual(
      `使用场景 ${purpose} 由部门 ${context.purposeOf} 的预案开启`,
      `the purpose ${purpose} is opened by plans of ${context.purposeOf}`,
    );
  if (context.purposeOf === undefined && context.purposeUsed)
    return bilingual(
      `已有生效的共享协议使用 ${purpose}，请登记专用的使用场景`,
      `agreements in force allow ${purpose}: register a separate purpose`,
    );
  return undefined;
}

/** Tests whether data of an event meet the condition of a plan. One that no longer fits the schema or the code lists is never met. */
export function opensUnder(
  { document: { when = [] } }: PlanRow,
  type: Pick<LiveDataset, 'schema' | 'compiled'>,
): (data: Readonly<Record<string, unknown>>) => boolean {
  try {
    const terms = callersTerms(type, { filter: when }).map((term) => ({
      term,
      field: type.schema.fields.find(({ name }) => name === term.field),
    }));
    return (data) =>
      terms.every(({ term, field }) => field !== undefined && meetsCondition(term, field, data[term.field]));
  } catch (error) {
    if (error instanceof Problem) return () => false;
    throw error;
  }
}

/** SHA-256 of the value by which a later event closes an earlier one; null without a value: then none closes it, and it closes none. */
export const closeKeyOf = (value: unknown): Buffer | null =>
  value === undefined || value === null ? null : createHash('sha256').update(JSON.stringify(value)).digest();

/** An event as it opens under a plan: who owes what until when. @param now Unix milliseconds */
export function openingOf(
  { code, revision, department, topic, purpose, document }: PlanRow,
  { id, type }: Pick<NewEvent, 'id' | 'type'>,
  data: Readonly<Record<string, unknown>>,
  now: number,
): NewOpenEvent {
  const { steps, closedBy, maxHours } = document;
  return {
    id,
    plan: code,
    revision,
    department,
    topic,
    type,
    purpose,
    closeKey: closedBy === undefined ? null : closeKeyOf(data[closedBy.field]),
    openedAt: now,
    endsAt: now + maxHours * hour,
    steps: steps.flatMap(({ id: step, departments, withinSeconds }) =>
      departments.map((owing) => ({ step, department: owing, dueAt: now + withinSeconds * 1000 })),
    ),
  };
}

export const planView = ({
  document,
  department,
  topic,
  revision,
  digest,
  withdrawn,
  registeredAt,
}: ListedPlan): components['schemas']['ResponsePlanView'] => ({
  ...(document as components['schemas']['ResponsePlan']),
  department,
  topic,
  revision,
  digest,
  ...present({ withdrawn }),
  registeredAt: moment(registeredAt),
});
