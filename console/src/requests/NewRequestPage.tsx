import type { ReactNode } from 'react';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { useAct } from '../parts/useAct.ts';
import { addressOf, useRoute } from '../route.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { RequestForm } from './RequestForm.tsx';

/** A request for a dataset from the catalogue, made by a steward for their department; or for the next version of an agreement. */
export function NewRequestPage(): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { dataset = '', renews = '' } = filter;
  const found = useAnswer(`${dataset} ${turn}`, () =>
    dataset === '' ? Promise.resolve(undefined) : get('/v1/datasets/{dataset}', { at: { dataset } }),
  );
  const doing = useAct();
  const consumers = stewardDepartments(session);
  const shown = found.value?.dataset;
  return (
    <Page
      title={shown === undefined ? say('rqNew') : `${say('rqNew')} · ${pick(shown.title)}`}
      lead={say('rqNewLead')}
      error={doing.error ?? found.error}
      cli="npx datong request new wanted.yaml --reason REASON --commitment FILE"
      actions={<Link to={addressOf('catalogue')}>{say('rqToCatalogue')}</Link>}
    >
      {consumers.length === 0 ? (
        <p role="status">{say('rqNotSteward')}</p>
      ) : shown === undefined ? (
        dataset === '' ? (
          <p role="status">{say('rqNoDataset')}</p>
        ) : null
      ) : (
        <RequestForm dataset={shown} consumers={consumers} doing={doing} renews={renews} />
      )}
    </Page>
  );
}
