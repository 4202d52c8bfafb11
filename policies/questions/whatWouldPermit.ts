import type { Bilingual } from '../../terms/bilingual.ts';
import { stoppingNames, type StoppingSide } from '../../terms/stoppedBy.ts';
import type { DecisionRequest, Denial } from '../decision.ts';
import { documentName } from '../documents/storedDocument.ts';
import type { Sharing } from '../context.ts';
import type { Plans } from '../plans.ts';
import type { Plan } from '../plans/plan.ts';

/** The caller learns its own agreement's part, the auditor everything. */
export type Audience = 'consumer' | 'auditor';

/** One change that would let this check pass. `who` names the party that can make it. */
export interface Change {
  readonly who: 'caller' | 'consumer' | 'provider' | 'data-office';
  readonly change: Bilingual;
  /** agreement ids, purposes, fields: names that the audience may know */
  readonly options?: readonly string[];
}

const change = (who: Change['who'], zh: string, en: string, options?: readonly string[]): Change => ({
  who,
  change: { zh, en },
  ...(options === undefined || options.length === 0 ? {} : { options }),
});

interface Denied {
  readonly request: DecisionRequest;
  /** the plan of the named agreement and purpose */
  readonly plan: Plan | undefined;
  /** plans of the consumer over the dataset */
  readonly mine: readonly Plan[];
  /** ids of their agreements */
  readonly agreements: readonly string[];
  /** what the denial is about: a field, a delivery, a header; may be empty */
  readonly at: string;
  readonly plans: Plans;
  readonly audience: Audience;
  readonly stopped: readonly StoppingSide[];
}
type Answer = (denied: Denied) => readonly Change[];

const anotherAgreement: Answer = ({ request, agreements, plans }) =>
  agreements.length > 0
    ? [
        change(
          'caller',
          '改用包含该数据资源的共享协议',
          'name an agreement that covers the dataset',
          agreements,
        ),
      ]
    : [howToGet(plans.sharing.get(request.dataset))];

const ownAgreement: Answer = ({ agreements }) => [
  change('caller', '写明本部门持有的共享协议', 'name an agreement your department holds', agreements),
];

const agreedPurpose: Answer = ({ request, mine }) => [
  change(
    'caller',
    '使用共享协议允许的使用场景（仅当确为此使用场景）',
    'name a purpose the agreement allows, if it is the true one',
    mine.filter(({ ref }) => ref.agreement === request.agreement).map(({ ref }) => ref.purpose),
  ),
  change('provider', '在共享协议中增加该使用场景', 'add this purpose to the agreement'),
];

const allowedFilter: Answer = ({ plan, at }) => [
  change('caller', '按允许的数据项筛选或排序', 'filter or sort by these fields', [
    ...(plan?.filterable ?? []),
  ]),
  ...(plan !== undefined && plan.lookups.size > 0
    ? [change('caller', '用完整值精确查询', 'look up by a full value', [...plan.lookups])]
    : []),
  change('provider', '以原值授予并列入 filterBy', 'grant the field clear and list it under filterBy', [at]),
];

const signedHeader: Answer = ({ at }) => [
  change('caller', '在签名的请求头中写明', 'put it into the signed header', [at]),
];

/** A change by the caller that needs something to choose from. */
const chooseOf = (options: readonly string[], zh: string, en: string): readonly Change[] =>
  options.length === 0 ? [] : [change('caller', zh, en, options)];

const agreedFact: Answer = ({ plan }) =>
  chooseOf(
    [...(plan?.facts.keys() ?? [])],
    '核验共享协议所列的核验项',
    'ask one of the facts of the agreement',
  );

const agreedAggregate: Answer = ({ plan }) =>
  chooseOf(
    [...(plan?.aggregates.keys() ?? [])],
    '选用共享协议所列的统计',
    'ask for one of the aggregates of the agreement',
  );

const addToAgreement: Answer = ({ plan }) => [
  change('provider', '在共享协议中增加', 'add it to the agreement', plan && [documentName(plan.agreement)]),
];

/** Code of the denial → the changes. */
const changesOf: Readonly<Partial<Record<string, Answer>>> = {
  dataset_unknown: () => [
    change('caller', '改用目录中的数据资源编号', 'use the id of a dataset in the catalogue'),
  ],
  no_agreement: anotherAgreement,
  dataset_not_agreed: anotherAgreement,
  agreement_missing: ownAgreement,
  agreement_unknown: ownAgreement,
  agreement_not_in_force: ({ request, agreements }) => [
    change(
      'provider',
      '续期共享协议',
      'renew the agreement',
      request.agreement === undefined ? [] : [request.agreement],
    ),
    ...chooseOf(
      others(agreements, request.agreement),
      '改用另一份包含该数据资源的共享协议',
      'name another agreement that covers the dataset',
    ),
  ],
  agreement_suspended: ({ stopped }) =>
    stopped.length === 0
      ? [change('data-office', '解除暂停', 'lift the suspension')]
      : stopped.map((side) => {
          const { zh, en } = stoppingNames([side]);
          const who = side === 'security' || side === 'office' ? 'data-office' : side;
          return change(who, `由${zh}解除暂停`, `${en} lifts its stop`);
        }),
  purpose_missing: agreedPurpose,
  purpose_unknown: agreedPurpose,
  purpose_not_agreed: agreedPurpose,
  field_not_granted: ({ plan, at, audience }) => [
    change('caller', '不要请求该数据项', 'leave the field out', [at]),
    ...(plan?.dropped.get(at) !== undefined
      ? [
          change(
            'data-office',
            '修改限制该数据项的规定',
            'change the restriction that withholds it',
            audience === 'auditor' ? [plan.dropped.get(at) ?? ''] : [],
          ),
        ]
      : [
          change(
            'provider',
            '在共享协议中授予该数据项',
            'grant the field in the agreement',
            plan && [documentName(plan.agreement)],
          ),
        ]),
  ],
  filter_on_masked_field: allowedFilter,
  filter_not_granted: allowedFilter,
  sort_not_granted: allowedFilter,
  lookup_missing: ({ plan }) => [
    change('caller', '加上一个等值条件', 'add one eq filter', [...(plan?.lookups ?? [])]),
  ],
  limit_too_high: ({ plan }) => [
    change('caller', '减小 limit', 'lower the limit', plan && [String(plan.whole.limits.rowsPerCall)]),
    change('provider', '提高 rowsPerCall', 'raise rowsPerCall'),
  ],
  on_behalf_of_missing: signedHeader,
  matter_missing: signedHeader,
  delivery_not_agreed: ({ at }) => [
    change('caller', '逐页查询', 'ask page by page'),
    change('provider', '在 deliveries 中增加', 'add it to deliveries', [at]),
  ],
  policy_unverified: ({ plan, plans, audience }) => {
    const restriction = plan && plans.blocked.get(plan);
    return [
      change(
        'data-office',
        '恢复或替换无法核实的统一管控规则',
        'restore or replace the restriction that cannot be verified',
        audience === 'auditor' && restriction !== undefined ? [restriction] : [],
      ),
    ];
  },
  rows_not_granted: (denied) => [
    ...agreedFact(denied),
    ...agreedAggregate(denied),
    change(
      'provider',
      '在共享协议中授予数据项',
      'grant fields in the agreement',
      denied.plan && [documentName(denied.plan.agreement)],
    ),
  ],
  fact_not_agreed: (denied) => [...agreedFact(denied), ...addToAgreement(denied)],
  aggregate_not_agreed: (denied) => [...agreedAggregate(denied), ...addToAgreement(denied)],
  quota_exhausted: ({ plan }) => [
    change('caller', '明日再试', 'try again tomorrow'),
    change(
      'provider',
      '提高 callsPerDay',
      'raise callsPerDay',
      plan && [String(plan.whole.limits.callsPerDay ?? '')],
    ),
  ],
  matter_not_agreed: ({ plan }) => [
    change('caller', '使用共享协议所列事项的办件号', 'name a case of one of these matters', [
      ...(plan?.agreement.matters ?? []).flatMap(({ cases }) => cases),
    ]),
    change('provider', '在共享协议中增加该事项', 'add the matter to the agreement'),
  ],
  unknown_field: ({ plan }) => [
    change('caller', '使用数据集标准中的数据项', 'name a field of the schema', [
      ...(plan?.granted.keys() ?? []),
    ]),
  ],
};
const asTheCodeSays: Answer = ({ at }) => [
  change('caller', '按提示修改请求', 'change the request as the code says', at === '' ? [] : [at]),
];

/**
 * Determines what would let a denied request pass: a change by the caller where only the request is wrong, otherwise by the parties that
 * may change the agreement. The consumer is shown its own agreements alone.
 */
export function whatWouldPermit(
  request: DecisionRequest,
  denial: Denial,
  plans: Plans,
  audience: Audience,
  stopped: readonly StoppingSide[] = [],
): readonly Change[] {
  const mine = plans.all.filter(
    ({ ref }) => ref.consumer === request.consumer && ref.dataset === request.dataset,
  );
  const plan = mine.find(({ ref }) => ref.agreement === request.agreement && ref.purpose === request.purpose);
  const agreements = [...new Set(mine.map(({ ref }) => ref.agreement))];
  const answer = changesOf[denial.code] ?? asTheCodeSays;
  return answer({ request, plan, mine, agreements, at: denial.at ?? '', plans, audience, stopped });
}

/** What the dataset's type of sharing (共享类型) requires of an applicant. */
function howToGet(sharing: Sharing | undefined): Change {
  switch (sharing?.type) {
    case 'unconditional':
      return change(
        'caller',
        '无条件共享：申请自动授权',
        'shared unconditionally: ask for an automatic agreement',
      );
    case 'none':
      return change('provider', '该数据资源不予共享', 'the dataset is not shared');
    default:
      return change(
        'provider',
        '与本部门签订共享协议；共享条件如下',
        'make an agreement with this consumer, under these conditions',
        sharing?.conditions === undefined ? [] : [sharing.conditions],
      );
  }
}

const others = (agreements: readonly string[], named: string | undefined): string[] =>
  agreements.filter((id) => id !== named);
