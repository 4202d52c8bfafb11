import type { ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { ProposalForm } from '../parts/ProposalForm.tsx';
import { Waiting, useWaiting } from '../keeping/Waiting.tsx';
import { Field, Pick } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { hasRole, useSession } from '../session.ts';
import { addressOf } from '../route.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

type Source = Schemas['ElementSourceList']['sources'][number];

/** 一数一源: the department that is the source of each element, and others that may offer it too. */
export function SourcesPage(): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const { name, options } = useDepartments();
  const waiting = useWaiting(['ElementSource']);
  return (
    <ListPage
      title={say('sources')}
      lead={say('srLead')}
      cli="npx datong catalogue sources"
      filters={[{ name: 'department', label: say('srOf'), all: say('allDepartments'), options }]}
      ask={({ department, element }, place) =>
        get('/v1/element-sources', { query: { department, element, ...place } })
      }
      rowsOf={({ sources }) => sources}
      usualSort="element"
      keyOf={({ element }) => element}
      empty={say('srEmpty')}
      columns={[
        {
          ...sortedBy('element'),
          title: say('srElement'),
          render: (_, { element }: Source) => <Link to={addressOf('sources', [element])}>{element}</Link>,
        },
        { ...sortedBy('department'), title: say('srOf'), render: (_, one) => name(one.department) },
        {
          title: say('srAlso'),
          render: (_, { also = [] }) =>
            also.length === 0
              ? '—'
              : also.map((one) => (
                  <div key={one.department}>
                    {name(one.department)}
                    {say('pointColon')}
                    {one.reason}
                  </div>
                )),
        },
        { title: say('srReason'), render: (_, one) => one.reason },
        { title: say('srRevision'), align: 'right', render: (_, one) => one.revision },
        { ...sortedBy('registered'), title: say('registered'), render: (_, one) => when(one.registeredAt) },
      ]}
    >
      <Waiting of={waiting.value} />
      {hasRole(session, ['steward', 'operator']) ? <SourceForm done={waiting.again} /> : null}
    </ListPage>
  );
}

/** Two persons of the data office decide; the decision of another person waits for one of them. */
function SourceForm({ done }: { readonly done: () => void }): ReactNode {
  const { say } = useWords();
  const { options } = useDepartments();
  const [element, setElement] = useDraftText('source element');
  const [department, setDepartment] = useDraftText('source department');
  const [reason, setReason] = useDraftText('source reason');
  const [other, setOther] = useDraftText('source other');
  const [otherReason, setOtherReason] = useDraftText('source otherReason');
  const also = other === '' ? {} : { also: [{ department: other, reason: otherReason }] };
  return (
    <ProposalForm
      title={say('srAsk')}
      lead={say('srAskLead')}
      command="npx datong catalogue apply sources.yaml --as steward"
      submitLabel={say('srSend')}
      propose={(key) => post('/v1/element-sources', { element, department, reason, ...also }, { key })}
      onProposed={() => {
        for (const clear of [setElement, setDepartment, setReason, setOther, setOtherReason]) clear('');
        done();
      }}
    >
      <Field label={say('srElementHint')} value={element} change={setElement} required most={60} />
      <Pick
        label={say('srOf')}
        value={department}
        change={setDepartment}
        options={[{ value: '', text: say('choose') }, ...options]}
      />
      <Field label={say('srReason')} value={reason} change={setReason} required most={1000} wide />
      <Pick
        label={say('srAlso')}
        value={other}
        change={setOther}
        none={say('none')}
        options={options.filter(({ value }) => value !== department)}
      />
      {other === '' ? null : (
        <Field
          label={say('srAlsoReason')}
          value={otherReason}
          change={setOtherReason}
          required
          most={1000}
          wide
        />
      )}
    </ProposalForm>
  );
}
