import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { ChangeTable } from './ChangeTable.tsx';
import { FieldsOf } from './FieldsOf.tsx';
import { NewSchemaPage } from './NewSchemaPage.tsx';
import { Reached } from './Reached.tsx';
import { SchemaDecision } from './SchemaDecision.tsx';
import { Uses } from './Uses.tsx';
import { WaiverCard } from './WaiverCard.tsx';
import { Person } from '../parts/Person.tsx';

/** A version of a schema by its name and number; or a new one. */
export function SchemaPage(): ReactNode {
  const { what } = useRoute();
  const [name = '', version = ''] = what;
  return name === 'new' ? <NewSchemaPage /> : <OneVersion name={name} version={version} />;
}

function OneVersion({ name, version }: { readonly name: string; readonly version: string }): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const schema = `urn:datong:${name}:${version}`;
  const answer = useAnswer(`${schema} ${turn}`, () => get('/v1/schemas/{schema}', { at: { schema } }));
  // clerks and leaders see the version without the consumers it affects, which they may not query
  const mayReadImpact = hasRole(session, ['operator', 'steward', 'security', 'auditor']);
  const impact = useAnswer(`impact ${schema} ${turn} ${mayReadImpact}`, async () =>
    mayReadImpact ? get('/v1/schemas/{schema}/impact', { at: { schema } }) : undefined,
  );
  const doing = useAct();
  const again = (): void => {
    answer.again();
    impact.again();
  };
  const shown = answer.value;
  return (
    <Page
      title={shown === undefined ? schema : `${pick(shown.schema.title)} ${version}`}
      error={doing.error ?? answer.error}
      cli={`npx datong schema show ${schema}`}
      actions={
        <>
          <Link to={addressOf('schemas')}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
          {shown !== undefined && hasRole(session, ['steward', 'operator']) ? (
            <Link button to={addressOf('schemas', ['new'], { from: `${name}/${version}` })}>
              {say('scNewVersion')}
            </Link>
          ) : null}
        </>
      }
    >
      {shown === undefined ? null : (
        <>
          <VersionFacts schema={shown.schema} impact={impact.value} />
          <Refusal error={impact.error} cli={asCall('GET /v1/schemas/{schema}/impact', { at: { schema } })} />
          {impact.value === undefined ? null : (
            <section className="card">
              <h2>
                {say('scChanges')}
                {impact.value.against === undefined
                  ? ''
                  : `${say('pointOpen')}${say('scAgainst', { version: impact.value.against })}${say('pointClose')}`}
              </h2>
              {impact.value.against === undefined ? (
                <p role="status">{say('scFirst')}</p>
              ) : (
                <ChangeTable changes={impact.value.changes} mode={impact.value.compatibility} />
              )}
              <h2>{say('scReaches')}</h2>
              <Reached by={impact.value.touches} />
            </section>
          )}
          {impact.value?.waiver === undefined ? null : (
            <WaiverCard of={impact.value.waiver} witnesses={impact.value.witnesses ?? []} />
          )}
          {impact.value === undefined ? null : (
            <SchemaDecision schema={shown.schema} impact={impact.value} doing={doing} again={again} />
          )}
          <Uses key={name} kind="schema" name={name} />
          <FieldsOf document={shown.document} />
          <section className="card">
            <details>
              <summary>{say('scText')}</summary>
              <pre>{JSON.stringify(shown.document, undefined, 2)}</pre>
            </details>
          </section>
        </>
      )}
    </Page>
  );
}

function VersionFacts(props: {
  readonly schema: Schemas['SchemaView'];
  readonly impact: Schemas['SchemaImpact'] | undefined;
}): ReactNode {
  const { say, when, day } = useWords();
  const { name } = useDepartments();
  const { schema, impact } = props;
  return (
    <section className="card">
      <Facts
        of={[
          [say('codeName'), <code key="urn">{schema.urn}</code>],
          [say('state'), <State key="state" state={schema.state} />],
          [say('scOwner'), name(schema.owner)],
          [say('scCompatibility'), schema.compatibility],
          [say('whyReason'), schema.reason],
          [say('scSunset'), day(schema.sunset) || undefined],
          [
            say('author'),
            impact?.author === undefined ? undefined : (
              <Person key="author" id={impact.author} name={impact.authorName} />
            ),
          ],
          [
            say('approver'),
            impact?.approver === undefined ? undefined : (
              <Person key="approver" id={impact.approver} name={impact.approverName} />
            ),
          ],
          [
            say('r_security'),
            impact?.officer === undefined ? (
              impact?.needsOfficer === true ? (
                say('scOfficer')
              ) : undefined
            ) : (
              <Person key="officer" id={impact.officer} name={impact.officerName} />
            ),
          ],
          [say('registered'), when(schema.registeredAt)],
          [say('digest'), <code key="digest">{schema.digest}</code>],
        ]}
      />
    </section>
  );
}
