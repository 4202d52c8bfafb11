import type { ReactNode } from 'react';
import { describedMask } from '../../../terms/requestForm/saidAgreement.ts';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

type Titled = Schemas['TitledCode'];

/** Access records and attempts, as shown to the person. */
export function Looks({ of }: { readonly of: readonly Schemas['SubjectLook'][] }): ReactNode {
  const { say, pick, when, day } = useWords();
  const named = (one: Titled | undefined): string =>
    one === undefined ? '—' : one.title === undefined ? one.code : pick(one.title);
  const whatOf = ({ operation, dataset }: Schemas['SubjectLook']): string => {
    const kind = kindOf(operation);
    const of = dataset === undefined ? '' : named(dataset);
    if (kind === 'data') return of === '' ? say('look_other') : of;
    return of === ''
      ? say(`look_${kind}`)
      : `${say(`look_${kind}`)}${say('pointOpen')}${of}${say('pointClose')}`;
  };
  const noticeOf = ({ law = '', clause = '', until, stated }: Schemas['NoticeOwed']): string => {
    const by =
      until === undefined ? '' : say(stated === true ? 'noticeStated' : 'noticeDue', { day: day(until) });
    return [`${say('noticeOwed')} ${law} ${clause}`.trim(), by]
      .filter((part) => part !== '')
      .join(say('pointSemicolon'));
  };
  if (of.length === 0) return <p>{say('looksNone')}</p>;
  return (
    <div className="sheet-table" tabIndex={0} role="region" aria-label={say('looks')}>
      <table>
        <thead>
          <tr>
            {(
              [
                'when',
                'department',
                'dataset',
                'samplePurpose',
                'basis',
                'matter',
                'whichFields',
                'decision',
              ] as const
            ).map((word) => (
              <th key={word} scope="col">
                {say(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map((look) => (
            <tr key={look.exchange}>
              <td>{when(look.at)}</td>
              <td>{named(look.department)}</td>
              <td>{whatOf(look)}</td>
              <td>{named(look.purpose)}</td>
              <td>
                {look.basis === undefined
                  ? '—'
                  : `${say(`basis_${look.basis.type}`)} ${look.basis.reference ?? ''} ${look.basis.clause ?? ''}`}
                {look.notice === undefined ? null : <div>{noticeOf(look.notice)}</div>}
              </td>
              <td>{look.matter ?? '—'}</td>
              <td>
                {look.fact !== undefined
                  ? named(look.fact)
                  : (look.fields ?? [])
                      .map((one) =>
                        one.mask === 'clear'
                          ? named(one)
                          : `${named(one)}${say('pointOpen')}${say('rqMasks')}${say('pointColon')}${pick(describedMask({ mask: one.mask }))}${say('pointClose')}`,
                      )
                      .join(say('pointList')) || '—'}
              </td>
              <td>{`${say(`outcome_${look.outcome}`)}${look.code === undefined ? '' : `${say('pointOpen')}${look.code}${say('pointClose')}`}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Kind of access: data were requested, the person accessed their own record, or gave or withdrew consent. */
const kindOf = (operation: string): 'view' | 'consent' | 'data' =>
  operation.startsWith('viewSubject') || operation === 'viewOwnData'
    ? 'view'
    : /consent/i.test(operation)
      ? 'consent'
      : 'data';
