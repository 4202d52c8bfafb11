import { Table } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { saidMask } from '../../../terms/requestForm/saidAgreement.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { labelled } from '../parts/labelled.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { isMasked, type Rule, type Rules } from './wanted.ts';

type Field = Schemas['MasksTried']['fields'][number];

/**
 * Fields of a dataset that are given, masked or withheld, with the result of each mask for an invented value.
 * @param set absent: read-only; else the choice is made here
 * @param loosened fields that disclose more than those in force
 */
export function FieldGrid(props: {
  readonly dataset: string;
  readonly rules: Rules;
  readonly set?: (rules: Rules) => void;
  readonly loosened?: ReadonlySet<string>;
}): ReactNode {
  const { dataset, rules, set, loosened = new Set() } = props;
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
              return mask === undefined ? '' : say('rqTells', { what: pick(mask.reveals) });
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
  const below = Object.entries(rules).filter(([path]) => path === field.name || within(path, field.name));
  if (below.length === 0) return `✘ ${say('rqWithholds')}`;
  return below.map(([path, rule]) => {
    const part = path === field.name ? '' : `${path}${say('pointColon')}`;
    return (
      <div key={path}>
        {part}
        {isMasked(rule)
          ? `◐ ${say('rqMasks')}${say('pointColon')}${pick(saidMask(rule))}`
          : `✔ ${say('rqGives')}`}
      </div>
    );
  });
}

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
