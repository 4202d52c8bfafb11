import { Table } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { describedMask } from '../../../terms/requestForm/saidAgreement.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { labelled } from '../parts/labelled.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { isMasked, type Reasons, type Rule, type Rules } from './wanted.ts';

type Field = Schemas['MasksTried']['fields'][number];

/**
 * Fields of a dataset that are given, masked or withheld, with the result of each mask for an invented value.
 * @param set absent: read-only; else the choice is made here
 * @param reasons why each field is needed; absent: not shown
 * @param setReasons absent: read-only; else each chosen field needs a reason
 * @param mayOmitReasons where no field has a reason yet, none is required
 * @param loosened fields that disclose more than those in force
 */
export function FieldGrid(props: {
  readonly dataset: string;
  readonly rules: Rules;
  readonly set?: (rules: Rules) => void;
  readonly reasons?: Reasons;
  readonly setReasons?: (reasons: Reasons) => void;
  readonly mayOmitReasons?: boolean;
  readonly loosened?: ReadonlySet<string>;
}): ReactNode {
  const { dataset, rules, set, reasons, setReasons, mayOmitReasons = false, loosened = new Set() } = props;
  const { say, pick } = useWords();
  const { turn } = useSession();
  const tried = useAnswer(`${dataset} ${JSON.stringify(rules)} ${turn}`, () =>
    post('/v1/datasets/{dataset}/mask-trials', { fields: rules }, { at: { dataset } }),
  );
  const { fields = [], row = {} } = tried.value ?? {};
  return (
    <>
      <Refusal
        error={tried.error}
        cli={asCall('POST /v1/datasets/{dataset}/mask-trials', { at: { dataset } }, { fields: rules })}
      />
      <Table<Field>
        aria-label={`${say('rqGrid')} ${dataset}`}
        size="small"
        pagination={false}
        rowKey={({ name }) => name}
        dataSource={fields}
        loading={tried.loading && tried.value === undefined}
        columns={labelled<Field>([
          {
            title: say('field'),
            render: (_, one) => (
              <span className={loosened.has(one.name) ? 'loosened' : undefined}>
                {pick(one.title)}
                {say('pointOpen')}
                {one.name}
                {say('pointClose')}
              </span>
            ),
          },
          {
            title: say('catSensitivity'),
            render: (_, { sensitivity, personal }) =>
              personal === 'sensitive' ? (
                <>
                  {sensitivity} <strong>{say('rqSensitive')}</strong>
                </>
              ) : (
                sensitivity
              ),
          },
          {
            title: say('rqHow'),
            // a choice shows the value as the row would have it
            className: set === undefined ? '' : 'raw',
            render: (_, one) =>
              set === undefined ? (
                <How field={one} rules={rules} />
              ) : (
                <Pick field={one} rules={rules} set={set} />
              ),
          },
          ...(reasons === undefined
            ? []
            : [
                {
                  title: say('rqFieldReason'),
                  render: (_: unknown, one: Field) => (
                    <WhyEach
                      field={one}
                      rules={rules}
                      reasons={reasons}
                      set={setReasons}
                      required={!mayOmitReasons || Object.values(reasons).some((one) => one.trim() !== '')}
                    />
                  ),
                },
              ]),
          { title: say('rqClear'), className: 'raw', render: (_, one) => one.value ?? '—' },
          {
            title: say('rqWould'),
            className: 'raw',
            render: (_, one) =>
              one.name in row ? row[one.name] : <span className="muted">{say('rqWithholds')}</span>,
          },
          {
            title: say('scMeaning'),
            render: (_, one) => {
              const mask = maskOf(one, rules[one.name]);
              return mask === undefined ? '' : say('rqReveals', { what: pick(mask.reveals) });
            },
          },
        ])}
      />
    </>
  );
}

/** Given, masked or withheld: in words and by a sign. */
function How({ field, rules }: { readonly field: Field; readonly rules: Rules }): ReactNode {
  const { say, pick } = useWords();
  const below = rulesOf(field, rules);
  if (below.length === 0) return `✘ ${say('rqWithholds')}`;
  return below.map(([path, rule]) => (
    <div key={path}>
      {path === field.name ? '' : `${path}${say('pointColon')}`}
      {isMasked(rule)
        ? `◐ ${say('rqMasks')}${say('pointColon')}${pick(describedMask(rule))}`
        : `✔ ${say('rqGives')}`}
    </div>
  ));
}

/** Rules of a field and of its parts. */
const rulesOf = (field: Field, rules: Rules): readonly (readonly [path: string, rule: Rule])[] =>
  Object.entries(rules).filter(([path]) => path === field.name || within(path, field.name));

/** Why the field, and each of its parts, is needed: to read, or to type. */
function WhyEach(props: {
  readonly field: Field;
  readonly rules: Rules;
  readonly reasons: Reasons;
  readonly set: ((reasons: Reasons) => void) | undefined;
  readonly required: boolean;
}): ReactNode {
  const { field, rules, reasons, set, required } = props;
  const { say, pick } = useWords();
  return rulesOf(field, rules).map(([path]) => {
    const part = path === field.name ? '' : `${path}${say('pointColon')}`;
    return set === undefined ? (
      <div key={path}>
        {part}
        {reasons[path] ?? <span className="muted">{say('rqNoFieldReason')}</span>}
      </div>
    ) : (
      <textarea
        key={path}
        rows={2}
        className="field-reason"
        aria-label={say('rqFieldReasonOf', { field: part === '' ? pick(field.title) : path })}
        placeholder={part === '' ? say('rqFieldReasonHint') : path}
        required={required}
        maxLength={maxReason}
        value={reasons[path] ?? ''}
        onChange={({ target }) => set({ ...reasons, [path]: target.value })}
      />
    );
  });
}

/** Characters of a reason that an agreement takes. */
const maxReason = 200;

function Pick(props: {
  readonly field: Field;
  readonly rules: Rules;
  readonly set: (rules: Rules) => void;
}): ReactNode {
  const { field, rules, set } = props;
  const { say, pick } = useWords();
  const { [field.name]: now, ...others } = rules;
  const known = field.masks.map(({ rule }) => JSON.stringify(rule));
  const present = now === undefined ? '' : JSON.stringify(maskOf(field, now)?.rule ?? now);
  const options = [
    { value: '', text: `✘ ${say('rqNotAsked')}` },
    ...field.masks.map(({ rule, title, value, proposed }) => ({
      value: JSON.stringify(rule),
      text: `${rule['mask'] === 'clear' ? '✔' : '◐'} ${pick(title)}${value === undefined ? '' : ` → ${value}`}${proposed ? `${say('pointOpen')}${say('rqProposed')}${say('pointClose')}` : ''}`,
    })),
    ...(present === '' || known.includes(present) ? [] : [{ value: present, text: `◐ ${present}` }]),
  ];
  return (
    <Select
      bare
      label={say('rqFieldPick', { field: pick(field.title) })}
      value={present}
      options={options}
      set={(chosen) => set(chosen === '' ? others : { ...others, [field.name]: JSON.parse(chosen) as Rule })}
    />
  );
}

/** The choice that matches a rule: the same mask, with equal parameters where the rule names them. */
const maskOf = (field: Field, rule: Rule | undefined): Field['masks'][number] | undefined =>
  rule === undefined
    ? undefined
    : field.masks.find(({ rule: one }) =>
        Object.entries(rule).every(([word, value]) => JSON.stringify(one[word]) === JSON.stringify(value)),
      );

const within = (path: string, field: string): boolean =>
  path.startsWith(`${field}.`) || path.startsWith(`${field}[]`);
