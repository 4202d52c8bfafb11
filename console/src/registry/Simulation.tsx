import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { CellTable } from '../pages/CellTable.tsx';
import { UnionList } from '../pages/UnionList.tsx';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { useAct } from '../parts/useAct.ts';
import { useWords } from '../words/words.ts';

type Simulated = Schemas['PolicySimulated'];
type Change = Simulated['decisions']['changes'][number];

const kinds = ['loosened', 'added', 'tightened', 'removed'] as const;

/** What would change if a document took effect now, and which calls of the last days would be answered differently. Nothing is stored. */
export function Simulation(props: {
  /** @returns undefined where there is no document to simulate */
  readonly document: () => Schemas['PolicyDocument'] | undefined;
}): ReactNode {
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const [days, setDays] = useState('7');
  const [simulated, setSimulated] = useState<Simulated>();
  const run = (): void => {
    setSimulated(undefined);
    const document = props.document();
    if (document === undefined) return;
    act(() => post('/v1/policy/simulations', { document, days: Number(days) }), setSimulated);
  };
  return (
    <>
      <div className="row-form no-print">
        <Select
          label={say('smDays')}
          value={days}
          set={setDays}
          options={['1', '7', '31'].map((value) => ({ value, text: say('smDaysN', { n: value }) }))}
        />
        <Button type="primary" disabled={sending} onClick={run}>
          {say('poRun')}
        </Button>
      </div>
      {sending ? <p role="status">{say('smRunning')}</p> : null}
      <Refusal error={error} cli={`npx datong policy simulate FILE --days ${days}`} />
      {simulated === undefined ? null : <SimulationResult of={simulated} />}
    </>
  );
}

function SimulationResult({ of }: { readonly of: Simulated }): ReactNode {
  const { say, number } = useWords();
  const { counts, cells, decisions, document, tightening, unions } = of;
  const all = kinds.reduce((sum, kind) => sum + counts[kind], 0);
  return (
    <div role="region" aria-label={say('smResult')}>
      <h3>{document}</h3>
      <p role="status">
        {all === 0
          ? say('poNothing')
          : kinds.map((kind) => `${say(`sm_${kind}`)} ${number(counts[kind])}`).join(say('pointComma'))}
      </p>
      {tightening ? <p>{say('smTightening')}</p> : null}
      {kinds.map((kind) => (
        <Cells key={kind} kind={kind} cells={cells.filter((one) => one.kind === kind)} />
      ))}
      {cells.length < all ? <p className="muted">{say('smMore', { n: number(cells.length) })}</p> : null}
      <Calls of={decisions} />
      <UnionList unions={unions} />
    </div>
  );
}

function Cells(props: {
  readonly kind: (typeof kinds)[number];
  readonly cells: readonly Schemas['PolicyCell'][];
}): ReactNode {
  const { kind, cells } = props;
  const { say } = useWords();
  if (cells.length === 0) return null;
  const wider = kind === 'loosened' || kind === 'added';
  return (
    <>
      <h3>{say(`sm_${kind}`)}</h3>
      <CellTable label={say(`sm_${kind}`)} cells={cells} loosened={wider} />
    </>
  );
}

function Calls({ of }: { readonly of: Simulated['decisions'] }): ReactNode {
  const { say, number, when } = useWords();
  return (
    <>
      <h3>{say('smCalls', { n: of.days })}</h3>
      <Facts
        of={[
          [say('smCallsAll'), number(of.calls)],
          [say('smDifferent'), number(of.different)],
          [say('smSame'), number(of.same)],
          [say('smOpen'), number(of.open)],
          [say('smCut'), of.cutAt === undefined ? undefined : when(of.cutAt)],
        ]}
      />
      {of.changes.length === 0 ? null : (
        <LabelledTable<Change>
          aria-label={say('smChanges')}
          size="small"
          pagination={false}
          rowKey={({ kind, change }) => `${kind} ${change}`}
          dataSource={of.changes}
          columns={[
            { title: say('smWhat'), render: (_, one) => say(`smc_${one.kind}`) },
            { title: say('smChange'), render: (_, one) => <span className="digest">{one.change}</span> },
            { title: say('smCount'), align: 'right', render: (_, one) => number(one.count) },
            {
              title: say('smExamples'),
              render: (_, one) => <span className="digest">{one.exchanges.join(' ')}</span>,
            },
          ]}
        />
      )}
    </>
  );
}
