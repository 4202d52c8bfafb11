import { Button } from 'antd';
import { useState, type SyntheticEvent, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { hasRole, useSession, type Role } from '../session.ts';
import { StandIns } from './StandIns.tsx';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

type Person = Schemas['PersonList']['persons'][number];
const roles: readonly Role[] = ['steward', 'security', 'auditor', 'clerk', 'leader', 'operator'];

/** Persons who work with this hub, and their roles. */
export function PersonsPage(): ReactNode {
  const { say } = useWords();
  const { session, turn } = useSession();
  const { name, options } = useDepartments();
  const { filter } = useRoute();
  const { department, role, state } = filter;
  const query = { department, role, state, ...placeIn(filter) };
  const answer = useAnswer(`persons ${JSON.stringify(query)} ${turn}`, () => get('/v1/persons', { query }));
  const doing = useAct();
  const [code, setCode] = useState<string>();
  const named = (held: Person['roles']): string =>
    held.map((grant) => `${say(`r_${grant.role}`)}@${name(grant.department)}`).join(say('pointList'));
  return (
    <Page
      title={say('persons')}
      lead={say('personsLead')}
      error={doing.error ?? answer.error}
      cli="npx datong hub person invite --help"
    >
      {code === undefined ? null : (
        <p className="card" role="status">
          <strong>{say('invited', { code })}</strong>
        </p>
      )}
      {hasRole(session, ['operator']) ? (
        <Invitation
          doing={doing}
          invited={(shown) => {
            setCode(shown);
            answer.again();
          }}
        />
      ) : null}
      <div className="filters">
        <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
        <Choice
          name="role"
          label={say('roles')}
          all={say('allRoles')}
          options={roles.map((value) => ({ value, text: say(`r_${value}`) }))}
        />
        <Choice
          name="state"
          label={say('state')}
          all={say('allStates')}
          options={(['invited', 'active', 'ended'] as const).map((value) => ({
            value,
            text: say(`p_${value}`),
          }))}
        />
      </div>
      <List<Person>
        label={say('persons')}
        rows={answer.value?.persons}
        usualSort="id"
        keyOf={({ person }) => person}
        answer={answer}
        empty={say('personsEmpty')}
        page={answer.value}
        columns={[
          { ...sortedBy('name'), title: say('person'), render: (_, one) => one.name },
          { ...sortedBy('id'), title: say('codeName'), render: (_, one) => <code>{one.person}</code> },
          { title: say('department'), render: (_, one) => name(one.department) },
          { title: say('roles'), render: (_, one) => named(one.roles) },
          {
            title: say('waitingRoles'),
            render: (_, one) => (one.waiting.length === 0 ? '—' : named(one.waiting)),
          },
          { title: say('state'), render: (_, one) => say(`p_${one.state}`) },
        ]}
      />
      <StandIns />
    </Page>
  );
}

/** Invites one person with one role; further roles are granted later. */
function Invitation(props: { readonly doing: Act; readonly invited: (code: string) => void }): ReactNode {
  const { say, pick } = useWords();
  const { all } = useDepartments();
  const [person, setPerson] = useDraftText('invited person');
  const [role, setRole] = useState<Role>('steward');
  const [department, setDepartment] = useState('');
  const { doing } = props;
  const invite = (event: SyntheticEvent): void => {
    event.preventDefault();
    const place = department === '' || role === 'operator' ? {} : { department };
    doing.act(
      () => post('/v1/persons', { name: person, ...place, roles: [{ role, ...place }] }),
      ({ code }) => {
        props.invited(code);
        setPerson('');
      },
    );
  };
  return (
    <form className="card row-form no-print" onSubmit={invite} aria-label={say('invite')}>
      <label className="choice">
        <span>{say('personName')}</span>
        <input
          required
          minLength={2}
          maxLength={60}
          value={person}
          onChange={({ target }) => setPerson(target.value)}
        />
      </label>
      <label className="choice">
        <span>{say('roles')}</span>
        <select
          value={role}
          onChange={({ target }) => setRole(roles.find((one) => one === target.value) ?? 'steward')}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {say(`r_${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        <span>{say('department')}</span>
        <select
          value={role === 'operator' ? '' : department}
          disabled={role === 'operator'}
          onChange={({ target }) => setDepartment(target.value)}
        >
          <option value="">{say('office')}</option>
          {all.map((one) => (
            <option key={one.code} value={one.code}>
              {pick(one.name)}
            </option>
          ))}
        </select>
      </label>
      <Button type="primary" htmlType="submit" disabled={doing.sending}>
        {say('inviteSend')}
      </Button>
    </form>
  );
}
